// Memory of a training run of 60 epochs: resident size after its last epochs to that after its first, when the run is warm.
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
// By then the engine's arena has grown and the code is compiled.
const warmUp = 10;
const epochs = 60;

/** MiB after each epoch. */
async function residentSizes(execution) {
  const backend = await createOnnxRuntimeBackend({ device: 'cpu', threads, execution });
  const trainer = await createTrainer(model, {
    backend,
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: adam(),
  });
  const sizes = [];
  await trainer.fit(examples, {
    epochs,
    batchSize: 64,
    onEpochEnd: () => {
      globalThis.gc();
      sizes.push(process.memoryUsage().rss / 2 ** 20);
    },
  });
  trainer.dispose();
  await backend.dispose();
  return sizes;
}

// Copies that the engine makes of its outputs are garbage until the next full collection, in the worker until its own, so that single
// readings jump by some 20 MiB either way: medians of ten are compared.
const rows = [];
for (const execution of ['inline', 'worker']) {
  const sizes = await residentSizes(execution);
  rows.push({
    name: `MiB, ${execution}, last ten epochs to first ten`,
    goal: 1.1,
    ours: median(sizes.slice(-10)),
    peer: median(sizes.slice(warmUp, warmUp + 10)),
  });
}
report(rows);
