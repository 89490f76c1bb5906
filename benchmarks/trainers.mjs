// Etalon's side: the two networks that the suites train, and trainers for them.
import {
  adam,
  conv2d,
  createTrainer,
  defineModel,
  dense,
  flatten,
  maxPool2d,
  sequential,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { datasetFromTensors } from '@etalon/datasets';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { threads } from './timing.mjs';

const image = tensor('float32', ['batch', 28, 28, 1]);

function defineNetwork(name, ...layers) {
  const network = sequential(...layers);
  return defineModel({
    name,
    inputs: { image },
    build: (inputs) => ({ logits: network(inputs.image) }),
  });
}

export const denseModel = defineNetwork(
  'dense',
  flatten(),
  dense(128, { activation: 'relu' }),
  dense(64, { activation: 'relu' }),
  dense(10),
);

/** The quickstart's network. */
export const cnnModel = defineNetwork(
  'CNN',
  conv2d(16, { kernelSize: 3, activation: 'relu' }),
  maxPool2d(2),
  conv2d(32, { kernelSize: 3, activation: 'relu' }),
  maxPool2d(2),
  flatten(),
  dense(10),
);

export const backend = await createOnnxRuntimeBackend({ device: 'cpu', threads });

/** The same engine, always in the caller's thread. */
export const inlineBackend = await createOnnxRuntimeBackend({
  device: 'cpu',
  threads,
  execution: 'inline',
});

/** Adam at 1e-3 on cross entropy; first values are those of `model.initialize(1)`. */
export function createTrainerOf(model, on = backend) {
  return createTrainer(model, {
    backend: on,
    seed: 1,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: adam(),
  });
}

export function datasetOf({ images, labels }) {
  const size = labels.length;
  return datasetFromTensors({
    image: { dtype: 'float32', shape: [size, 28, 28, 1], data: images },
    label: { dtype: 'int32', shape: [size], data: labels },
  });
}

/** Examples that come in the given batches without being gathered: their cost is that of the steps alone. */
export function streamOf(batches) {
  const tensors = batches.map(({ images, labels }) => ({
    image: { dtype: 'float32', shape: [labels.length, 28, 28, 1], data: images },
    label: { dtype: 'int32', shape: [labels.length], data: labels },
  }));
  const fields = {
    image: { dtype: 'float32', shape: [28, 28, 1] },
    label: { dtype: 'int32', shape: [] },
  };
  return { fields, batches: () => tensors };
}

/** Returns the loss of each step of one epoch, from the means over the steps so far. */
export async function lossesOf(trainer, examples, options) {
  const losses = [];
  let sum = 0;
  await trainer.fit(examples, {
    epochs: 1,
    shuffle: false,
    stepsPerCall: 1,
    ...options,
    onProgress: ({ step, logs }) => {
      losses.push(logs.loss * step - sum);
      sum = logs.loss * step;
    },
  });
  return losses;
}
