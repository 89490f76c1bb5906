import type { PoolingAttributes } from '@etalon/spec';
import type { Tensor } from '../tracing/tensor.ts';
import { imageSize } from './convolution-emit.ts';
import { emit } from './emit.ts';

// Attributes of a gradient operator carry more than these; only the shared ones go on.
function shared(attributes: PoolingAttributes): PoolingAttributes {
  const { windowSize, strides, padding } = attributes;
  return { windowSize, strides, padding };
}

/** Adds `averagePool2d` with explicit attributes. */
export function averagePool2d(image: Tensor, attributes: PoolingAttributes): Tensor {
  return emit('averagePool2d', [image], shared(attributes));
}

/** Adds `averagePool2d`'s gradient with respect to `image`. */
export function averagePool2dGradient(
  outputGradient: Tensor,
  image: Tensor,
  attributes: PoolingAttributes,
): Tensor {
  return emit('averagePool2dGradient', [outputGradient], {
    ...shared(attributes),
    inputSize: imageSize(image),
  });
}

/** Adds `maxPool2d` with explicit attributes. */
export function maxPool2d(image: Tensor, attributes: PoolingAttributes): Tensor {
  return emit('maxPool2d', [image], shared(attributes));
}

/** Adds `maxPool2d`'s gradient with respect to `image`. */
export function maxPool2dGradient(
  image: Tensor,
  outputGradient: Tensor,
  attributes: PoolingAttributes,
): Tensor {
  return emit('maxPool2dGradient', [image, outputGradient], shared(attributes));
}

/** Adds `maxPool2dSelect` of a second image. */
export function maxPool2dSelect(
  image: Tensor,
  other: Tensor,
  attributes: PoolingAttributes,
): Tensor {
  return emit('maxPool2dSelect', [image, other], shared(attributes));
}
