import type { Tensor } from '@etalon/compiler';
import {
  add,
  conv2d,
  gather,
  mul,
  reduceMean,
  relu,
  reshape,
  square,
  stopGradient,
  sub,
  tanh,
} from '@etalon/compiler';
import type { Tensors } from '../cases/case.ts';
import type { TrainedForward } from './definitions.ts';
import { layerNormalized, scaled } from './layer-normalized.ts';
import { linear, part } from './parameters.ts';

/** That of the golden runs, a float32 number. */
const MOMENTUM = 0.875;

/** Logits of int32 ids `[batch, time]`: embeddings, each normalized, and their mean over time. */
export function sequence(parameters: Tensors, ids: Tensor): Tensor {
  const embedded = gather(part(parameters, 'embedding_1/embeddings'), ids);
  const hidden = tanh(layerNormalized(parameters, 'layerNormalization_1', embedded));
  return linear(parameters, 'dense_1', reduceMean(hidden, { axes: 1 }));
}

const norm = 'batchNormalization_1';

function mapsOf(parameters: Tensors, image: Tensor): Tensor {
  return conv2d(image, part(parameters, 'conv2d_1/kernel'), { padding: 'same' });
}

function classify(parameters: Tensors, centered: Tensor, variance: Tensor): Tensor {
  const hidden = relu(scaled(parameters, norm, centered, variance));
  return linear(parameters, 'dense_1', reduceMean(hidden, { axes: [1, 2] }));
}

/** Logits of images whose maps are normalized by moving statistics. */
export function batchNormalized(parameters: Tensors, image: Tensor): Tensor {
  const centered = sub(mapsOf(parameters, image), part(parameters, `${norm}/movingMean`));
  return classify(parameters, centered, part(parameters, `${norm}/movingVariance`));
}

/** The same by the statistics of the batch, and the moving ones after it. */
export function trainBatchNormalized(parameters: Tensors, image: Tensor): TrainedForward {
  const maps = mapsOf(parameters, image);
  const mean = reduceMean(maps, { axes: [0, 1, 2], keepDims: true });
  const centered = sub(maps, mean);
  const variance = reduceMean(square(centered), { axes: [0, 1, 2], keepDims: true });
  const moved = (name: string, batch: Tensor): Tensor => {
    const moving = part(parameters, `${norm}/${name}`);
    const next = reshape(stopGradient(batch), moving.shape);
    return add(mul(moving, MOMENTUM), mul(next, 1 - MOMENTUM));
  };
  return {
    logits: classify(parameters, centered, variance),
    moved: {
      [`${norm}/movingMean`]: moved('movingMean', mean),
      [`${norm}/movingVariance`]: moved('movingVariance', variance),
    },
  };
}
