import { adam, createTrainer, defineModel, dense, sequential, sparseCategoricalCrossEntropy, tensor } from '@etalon/core';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
const model = defineModel({ name: 'dense', inputs: { image: tensor('float32', ['batch', 784]) },
  build: ({ image }) => ({ logits: sequential(dense(128, { activation: 'relu' }), dense(64, { activation: 'relu' }), dense(10))(image) }) });
const backend = await createOnnxRuntimeBackend({ device: 'cpu', threads: Number(process.argv[2] ?? 2) });
const mk = () => createTrainer(model, { backend, loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label), optimizer: adam() });
const one = { image: { dtype: 'float32', shape: [64, 784], data: new Float32Array(64*784).map(Math.random) }, label: { dtype: 'int32', shape: [64], data: new Int32Array(64).map(() => Math.random()*10) } };
const N = 16;
const stream = { fields: { image: { dtype: 'float32', shape: [784] }, label: { dtype: 'int32', shape: [] } }, *batches() { for (let i = 0; i < N; i++) yield one; } };
const ks = [1, 2, 4, 8, 16]; const trainers = await Promise.all(ks.map(mk)); const times = ks.map(() => []);
for (let r = 0; r < 120; r++) for (const [i, k] of ks.entries()) { const t0 = performance.now(); await trainers[i].fit(stream, { epochs: 1, stepsPerCall: k }); if (r > 4) times[i].push((performance.now() - t0) / N); }
for (const [i, k] of ks.entries()) { times[i].sort((a, b) => a - b); const q = (f) => times[i][Math.floor(f * times[i].length)].toFixed(3); console.log(k, 'min', q(0), 'q10', q(0.1), 'q25', q(0.25), 'median', q(0.5)); }
