import type { ConvolutionOperatorsV1, Dimension, Pair, PairOfPads } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import { formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import * as convolution from './convolution-emit.ts';
import { emit, placeOf } from './emit.ts';

/** One number for both image axes, or one for height and one for width. */
export type SizePair = number | Pair;

/**
 * Padding around an image: none (`valid`), as much as keeps `⌈size / stride⌉` positions, the odd element
 * after (`same`, as in Keras), or explicit `[[top, bottom], [left, right]]`.
 */
export type Padding = 'valid' | 'same' | PairOfPads;

/** Options of `conv2d`. */
export interface Conv2dOptions {
  /** Default 1. */
  readonly strides?: SizePair;
  /** Default `valid`. */
  readonly padding?: Padding;
  /** Distance between filter taps; default 1. */
  readonly dilations?: SizePair;
  /** Default 1. */
  readonly groups?: number;
}

/** Options of pooling. */
export interface Pool2dOptions {
  /** Height and width of the window. */
  readonly windowSize: SizePair;
  /** Default the window's size. */
  readonly strides?: SizePair;
  /** Default `valid`. */
  readonly padding?: Padding;
}

/** Resolves one number to two equal ones. */
export function asPair(size: SizePair): Pair {
  return typeof size === 'number' ? [size, size] : size;
}

/**
 * Resolves padding to numbers.
 *
 * @throws {AttributeError} for `same` with a stride above 1 on an axis whose size is only known later, since the
 * amount depends on the size.
 */
function resolvePadding(
  operator: string,
  padding: Padding,
  image: Tensor,
  windowSize: Pair,
  strides: Pair,
  dilations: Pair,
): PairOfPads {
  if (padding === 'valid')
    return [
      [0, 0],
      [0, 0],
    ];
  if (padding !== 'same') return padding;
  const onAxis = (axis: 0 | 1): Pair => {
    const size: Dimension = image.shape[axis + 1] ?? 1;
    const reach = (windowSize[axis] - 1) * dilations[axis] + 1;
    const stride = strides[axis];
    if (stride !== 1 && typeof size !== 'number') {
      throw new AttributeError(
        'ATTRIBUTE_SAME_PADDING',
        `${placeOf(image['~trace'].builder, operator)}: padding 'same' with stride ${stride} needs a fixed image size, got ${formatType(image)}.\nFix: give padding as [[top, bottom], [left, right]].`,
      );
    }
    const total =
      typeof size === 'number'
        ? Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0)
        : reach - 1;
    const before = Math.floor(total / 2);
    return [before, total - before];
  };
  return [onAxis(0), onAxis(1)];
}

/**
 * Returns the cross-correlation of an image `[batch, height, width, channels]` with a filter `[height, width,
 * channels / groups, outputChannels]`. See {@link ConvolutionOperatorsV1.conv2d}.
 */
export function conv2d(image: Tensor, filter: Tensor, options: Conv2dOptions = {}): Tensor {
  const strides = asPair(options.strides ?? 1);
  const dilations = asPair(options.dilations ?? 1);
  const [height, width] = filter.shape;
  const windowSize: Pair = [
    typeof height === 'number' ? height : 1,
    typeof width === 'number' ? width : 1,
  ];
  return convolution.conv2d(image, filter, {
    strides,
    dilations,
    padding: resolvePadding(
      'conv2d',
      options.padding ?? 'valid',
      image,
      windowSize,
      strides,
      dilations,
    ),
    groups: options.groups ?? 1,
  });
}

function pool2d(
  operator: 'averagePool2d' | 'maxPool2d',
): (image: Tensor, options: Pool2dOptions) => Tensor {
  return (image, options) => {
    const windowSize = asPair(options.windowSize);
    const strides = asPair(options.strides ?? windowSize);
    const padding = options.padding ?? 'valid';
    return emit(operator, [image], {
      windowSize,
      strides,
      padding: resolvePadding(operator, padding, image, windowSize, strides, [1, 1]),
    });
  };
}

/** Returns the mean of each window. See {@link ConvolutionOperatorsV1.averagePool2d}. */
export const averagePool2d: (image: Tensor, options: Pool2dOptions) => Tensor =
  pool2d('averagePool2d');
/** Returns the largest element of each window. See {@link ConvolutionOperatorsV1.maxPool2d}. */
export const maxPool2d: (image: Tensor, options: Pool2dOptions) => Tensor = pool2d('maxPool2d');
