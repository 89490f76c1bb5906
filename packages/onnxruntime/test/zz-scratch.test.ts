import { it } from 'vitest';
import { adam, createTrainer, conv2d, maxPool2d, flatten, dense, defineModel, sequential, sparseCategoricalCrossEntropy, sparseCategoricalAccuracy, tensor } from '@etalon/core';
import { createOnnxRuntimeBackend } from '../src/node/index.ts';
it('steps per call', { timeout: 900000 }, async () => {
  const backend = await createOnnxRuntimeBackend({ device: 'cpu' });
  console.log(backend.manifest.loopPolicy);
  const nets: any = {
    small: [[784], 300, sequential(dense(16, { activation: 'relu' }), dense(10))],
    dense: [[784], 240, sequential(dense(128, { activation: 'relu' }), dense(64, { activation: 'relu' }), dense(10))],
    cnn: [[28, 28, 1], 32, sequential(conv2d(16, { kernelSize: 3, activation: 'relu' }), maxPool2d(2), conv2d(32, { kernelSize: 3, activation: 'relu' }), maxPool2d(2), flatten(), dense(10))],
  };
  for (const [name, [shape, N, net]] of Object.entries<any>(nets)) {
    const size = shape.reduce((a: number, b: number) => a * b, 1);
    const batch = { x: { dtype: 'float32', shape: [64, ...shape], data: new Float32Array(64 * size).map(() => Math.random()) }, label: { dtype: 'int32', shape: [64], data: new Int32Array(64).map(() => Math.random() * 10) } } as const;
    const model = defineModel({ name, inputs: { x: tensor('float32', ['batch', ...shape]) }, build: ({ x }) => ({ logits: net(x) }) });
    const examples = { size: N * 64, fields: { x: { dtype: 'float32', shape }, label: { dtype: 'int32', shape: [] } }, gather: () => batch } as any;
    const trainer = await createTrainer(model, { backend, optimizer: adam(), targets: { label: tensor('int32', ['batch']) }, loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label), metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') } });
    const times: Record<number, number[]> = {};
    for (let round = 0; round < 9; round++) for (const stepsPerCall of [1, 2, 4, 8]) {
      const t = performance.now();
      await trainer.fit(examples, { epochs: 1, batchSize: 64, shuffle: false, stepsPerCall });
      if (round > 0) (times[stepsPerCall] ??= []).push((performance.now() - t) / N);
      else console.log(`${name} first ${stepsPerCall}: ${((performance.now() - t)).toFixed(0)} ms`);
    }
    for (const [k, t] of Object.entries(times)) { t.sort((a, b) => a - b); console.log(`${name} K=${k}: min ${t[0]!.toFixed(3)} q1 ${t[2]!.toFixed(3)} median ${t[4]!.toFixed(3)} ms per step`); }
    trainer.dispose();
  }
  await backend.dispose();
});
