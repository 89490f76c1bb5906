// Memory of a training run: resident size after the last epoch to that after the first.
import {
  adam,
  createTrainer,
  defineModel,
  dense,
  sequential,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { noise, report } from '../timing.mjs';

const random = noise(4);
const size = 6400;
const data = {
  image: Float32Array.from({ length: size * 784 }, random),
  label: Int32Array.from({ length: size }, () => Math.floor(random() * 10)),
};
const examples = {
  size,
  fields: { image: { dtype: 'float32', shape: [784] }, label: { dtype: 'int32', shape: [] } },
  gather: (indices) => {
    const image = new Float32Array(indices.length * 784);
    for (const [to, from] of indices.entries()) {
      image.set(data.image.subarray(from * 784, (from + 1) * 784), to * 784);
    }
    return {
      image: { dtype: 'float32', shape: [indices.length, 784], data: image },
      label: {
        dtype: 'int32',
        shape: [indices.length],
        data: Int32Array.from(indices, (at) => data.label[at]),
      },
    };
  },
};
const model = defineModel({
  name: 'dense',
  inputs: { image: tensor('float32', ['batch', 784]) },
  build: ({ image }) => ({
    logits: sequential(dense(128, { activation: 'relu' }), dense(10))(image),
  }),
});
const backend = await createOnnxRuntimeBackend({ device: 'cpu' });
const trainer = await createTrainer(model, {
  backend,
  loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
  optimizer: adam(),
});
const resident = [];
await trainer.fit(examples, {
  epochs: 20,
  batchSize: 64,
  onEpochEnd: () => {
    globalThis.gc();
    resident.push(process.memoryUsage().rss / 2 ** 20);
  },
});
// The first epoch is where the engine's arena and the heap grow; what comes after should not add to them.
report([
  { name: 'MiB after epoch 20, to epoch 1', goal: 1.1, ours: resident.at(-1), peer: resident[0] },
]);
