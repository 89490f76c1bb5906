import type { ConvolutionAttributes, Dimension } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { emit, placeOf } from './emit.ts';

// Attributes of a gradient operator carry more than these; only the shared ones go on.
function shared(attributes: ConvolutionAttributes): ConvolutionAttributes {
  const { strides, padding, dilations, groups } = attributes;
  return { strides, padding, dilations, groups };
}

/** Adds `conv2d` with explicit attributes. */
export function conv2d(image: Tensor, filter: Tensor, attributes: ConvolutionAttributes): Tensor {
  return emit('conv2d', [image, filter], shared(attributes));
}

/** Adds `conv2d`'s gradient with respect to `image`. */
export function conv2dInputGradient(
  outputGradient: Tensor,
  filter: Tensor,
  image: Tensor,
  attributes: ConvolutionAttributes,
): Tensor {
  return emit('conv2dInputGradient', [outputGradient, filter], {
    ...shared(attributes),
    inputSize: imageSize(image),
  });
}

/** Adds `conv2d`'s gradient with respect to `filter`. */
export function conv2dFilterGradient(
  image: Tensor,
  outputGradient: Tensor,
  filter: Tensor,
  attributes: ConvolutionAttributes,
): Tensor {
  const [height, width] = filter.shape;
  if (typeof height !== 'number' || typeof width !== 'number') {
    throw new ShapeError(
      'SHAPE_CONV2D_FILTER',
      `${placeOf(filter['~trace'].builder, 'conv2d')}: filter height and width must be fixed and at least 1, got ${formatType(filter)} (HWIO).`,
    );
  }
  return emit('conv2dFilterGradient', [image, outputGradient], {
    ...shared(attributes),
    filterSize: [height, width],
  });
}

/** Height and width of an NHWC image. */
export function imageSize(image: Tensor): readonly [Dimension, Dimension] {
  return [image.shape[1] ?? 1, image.shape[2] ?? 1];
}
