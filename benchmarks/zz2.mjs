import { adam, createTrainer, defineModel, dense, dropout, conv2d, maxPool2d, flatten, sequential, sparseCategoricalCrossEntropy, tensor } from '@etalon/core';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
const nets = { dense: () => sequential(flatten(), dense(128, { activation: 'relu' }), dropout(0.2), dense(64, { activation: 'relu' }), dense(10)),
 cnn: () => sequential(conv2d(16, { kernelSize: 3, activation: 'relu' }), maxPool2d(2), conv2d(32, { kernelSize: 3, activation: 'relu' }), maxPool2d(2), flatten(), dense(10)) };
for (const threads of [1, 2]) {
const backend = await createOnnxRuntimeBackend({ device: 'cpu', threads });
for (const [name, net] of Object.entries(nets)) {
  const layers = net();
  const model = defineModel({ name, inputs: { image: tensor('float32', ['batch', 28, 28, 1]) }, build: ({ image }) => ({ logits: layers(image) }) });
  const batch = () => ({ image: { dtype: 'float32', shape: [64, 28, 28, 1], data: new Float32Array(64*784).map(Math.random) }, label: { dtype: 'int32', shape: [64], data: new Int32Array(64).map(() => Math.random()*10) } });
  const data = Array.from({ length: 24 }, batch);
  const stream = { fields: { image: { dtype: 'float32', shape: [28, 28, 1] }, label: { dtype: 'int32', shape: [] } }, *batches() { yield* data; } };
  let first;
  for (const k of [1, 2, 3, 8, 16]) {
    const t = await createTrainer(model, { backend, loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label), optimizer: adam() });
    const t0 = performance.now(); await t.fit(stream, { epochs: 1, stepsPerCall: k }); const t1 = performance.now();  await t.fit(stream, { epochs: 1, stepsPerCall: k }); const t2 = performance.now();
    const v = t.variables.parameters; first ??= v; let d = 0;
    for (const p in v) v[p].data.forEach((x, i) => { if (x !== first[p].data[i]) d++; });
    console.log(threads, name, k, 'differing', d, 'first', (t1 - t0).toFixed(0), 'second', (t2 - t1).toFixed(0));
    t.dispose();
  }
}}
