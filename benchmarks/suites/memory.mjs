// Memory of a training run of 40 epochs: resident size after its last epochs to that after its first.
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
import { median, noise, report, threads } from '../timing.mjs';

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
const backend = await createOnnxRuntimeBackend({ device: 'cpu', threads });
const trainer = await createTrainer(model, {
  backend,
  loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
  optimizer: adam(),
});
const resident = [];
await trainer.fit(examples, {
  epochs: 40,
  batchSize: 64,
  onEpochEnd: () => {
    globalThis.gc();
    resident.push(process.memoryUsage().rss / 2 ** 20);
  },
});
// Copies that the engine makes of its outputs are garbage until the next full collection, so that single readings jump by
// some 20 MiB either way: medians of five are compared.
report([
  {
    name: 'MiB, last five epochs to first five',
    goal: 1.1,
    ours: median(resident.slice(-5)),
    peer: median(resident.slice(0, 5)),
  },
]);
