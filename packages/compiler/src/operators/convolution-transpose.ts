import type { ConvolutionOperatorsV1, Dimension, Pair, PairOfPads } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { addDimensions, dimensionsEqual, multiplyDimensions } from '../dimension/index.ts';
import { formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { Conv2dOptions } from './convolution.ts';
import { asPair } from './convolution.ts';
import { emit, placeOf } from './emit.ts';

/**
 * Returns the transpose of {@link conv2d}: every element of an image `[batch, height, width, channels]` adds the filter
 * `[height, width, outputChannels / groups, channels]`, times itself, to the result, `strides` apart. It is the
 * gradient of a convolution that goes from the result to the image, {@link ConvolutionOperatorsV1.conv2dInputGradient}.
 *
 * A size n becomes, with `reach = (kernel - 1)·dilation + 1`:
 * - `valid`: `(n - 1)·stride + max(reach, stride)`;
 * - `same`: `n·stride`, where the border that is cut off has its odd element after;
 * - explicit padding: `(n - 1)·stride + reach - before - after`.
 *
 * The sizes for `valid` and `same` are those of Keras `Conv2DTranspose`; explicit padding is that of PyTorch's
 * `ConvTranspose2d`. Named sizes are fine with all three.
 *
 * @throws {ShapeError} `SHAPE_CONV2D_TRANSPOSE` when ranks or channels do not fit, or padding leaves nothing.
 * @throws {AttributeError} when groups do not divide the channels.
 */
export function conv2dTranspose(
  image: Tensor,
  filter: Tensor,
  options: Conv2dOptions = {},
): Tensor {
  requireChannels(image, filter);
  const strides = asPair(options.strides ?? 1);
  const dilations = asPair(options.dilations ?? 1);
  const { padding = 'valid', groups = 1 } = options;
  const onAxis = (axis: 0 | 1): readonly [Dimension, Pair] => {
    const size = image.shape[axis + 1] ?? 1;
    const taps = filter.shape[axis];
    // a filter of another rank, or without a fixed size, is left to the type rule, which refuses it
    const reach = ((typeof taps === 'number' ? taps : 1) - 1) * dilations[axis] + 1;
    const stride = strides[axis];
    const beyond = reach - stride;
    if (padding === 'same') {
      const cut = Math.max(beyond, 0);
      const before = Math.floor(cut / 2);
      return [multiplyDimensions(size, stride), [before, cut - before]];
    }
    if (padding === 'valid') {
      return [addDimensions(multiplyDimensions(size, stride), Math.max(beyond, 0)), [0, 0]];
    }
    const [before = 0, after = 0] = padding[axis] ?? [];
    const room = addDimensions(multiplyDimensions(size, stride), beyond - before - after);
    return [room, [before, after]];
  };
  const [height, vertical] = onAxis(0);
  const [width, horizontal] = onAxis(1);
  requireRoom(image, filter, [height, width]);
  const pads: PairOfPads = [vertical, horizontal];
  return emit('conv2dInputGradient', [image, filter], {
    strides,
    dilations,
    padding: pads,
    groups,
    inputSize: [height, width],
  });
}

function fault(image: Tensor, filter: Tensor, what: string): ShapeError {
  return new ShapeError(
    'SHAPE_CONV2D_TRANSPOSE',
    `${placeOf(image['~trace'].builder, 'conv2dTranspose')}: ${what}, got image ${formatType(image)} and filter ${formatType(filter)}.\nExpected an image [batch, height, width, channels] and a filter [height, width, output channels, channels].`,
  );
}

function requireChannels(image: Tensor, filter: Tensor): void {
  const [, , , channels] = image.shape;
  const [, , , expected] = filter.shape;
  const ranks = image.shape.length === 4 && filter.shape.length === 4;
  const fits =
    channels !== undefined && expected !== undefined && dimensionsEqual(channels, expected);
  if (!ranks || !fits) throw fault(image, filter, 'the image does not fit the filter');
}

function requireRoom(image: Tensor, filter: Tensor, sizes: readonly [Dimension, Dimension]): void {
  const left = sizes.every(
    (size, axis) => typeof size !== 'number' || size > 0 || image.shape[axis + 1] === 0,
  );
  if (!left)
    throw fault(image, filter, `padding leaves nothing of the result, ${sizes.join(' × ')}`);
}
