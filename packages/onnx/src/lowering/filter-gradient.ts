import {
  addDimensions,
  elementCount,
  floorDivideDimension,
  multiplyDimensions,
} from '@etalon/compiler';
import type { Dimension, Shape } from '@etalon/spec';
import { channelsFirstShape } from './lowered-value.ts';
import type { LoweringContext } from './lowering.ts';
import { operand } from './lowering.ts';
import { slice } from './slices.ts';
import type { Window } from './window.ts';
import { convolutionWindow, isUnpadded } from './window.ts';

type Context = LoweringContext<'conv2dFilterGradient'>;

/**
 * From so many input channels on, the pixels of all images are the rows of one matrix product per filter tap: more where the stride is
 * 1 than where it is not. Else all taps are joined to one product per image, which takes the pixels as they lie and can be divided
 * among threads. ms with ONNX Runtime 1.30 with 1, 2 and 4 threads (`benchmarks/lowerings.mjs`; 16 quiet cores), joined and by pixels:
 *
 * - 64 images of 28 x 28 x 1, 16 filters of 3 x 3: 0.61, 0.49, 0.45 and 1.94, 2.47, 4.07; 32 of 32 x 32 x 3, 32 filters: 1.15, 1.13, 0.84
 *   and 3.06, 4.22, 4.10
 * - 64 of 13 x 13 x 16, 32 filters: 1.67, 1.47, 1.27 and 1.45, 2.44, 2.24; with stride 2: 1.59, 1.55, 1.53 and 0.76, 1.34, 1.24
 * - 64 of 14 x 14 x 32, 64 filters: 6.53, 4.37, 3.84 and 6.66, 6.98, 7.08; of 15 x 15 with stride 2: 4.10, 3.50, 3.72 and 1.99, 3.14, 3.33
 * - 64 of 8 x 8 x 64, 64 filters: 4.13, 3.06, 3.61 and 2.36, 2.61, 2.90; 16 of 28 x 28: 14.9, 10.3, 7.7 and 13.1, 11.0, 10.8
 * - 64 of 8 x 8 x 128, 128 filters: 15.6, 10.1, 10.1 and 8.2, 6.5, 6.5
 *
 * Filters of one tap need no cutting: 64 of 14 x 14 x 32, 64 filters of 1 x 1: 0.92, 0.57, 0.46 and 1.70, 2.09, 2.27.
 */
const CHANNELS_BY_PIXELS = { stride1: 64, strided: 16 };

/**
 * Adds the gradient of a convolution with respect to its filter: for each tap, the part of the image that
 * the tap saw, times the output gradient, as matrix products per image that are then summed. Returns HWIO.
 */
export function filterGradient(context: Context): string {
  const { sizes, attributes, output } = context;
  const { groups, filterSize } = attributes;
  const window = convolutionWindow(filterSize, attributes);
  const [, , channels = 1, filters = 1] = output.shape;
  if (channels === 1 && filters === groups && groups > 1) return depthwise(context, window);
  const taps = filterSize[0] * filterSize[1];
  if (groups === 1 && taps > 1 && isByPixels(window, channels)) {
    return productsOfPixels(context, window);
  }
  const products = productSums(context, window);
  const joined = multiplyDimensions(taps, channels);
  if (groups === 1) return sizes.reshape(products, [joined, filters], output.shape);
  const perGroup = floorDivideDimension(filters, groups);
  const ordered = context.emitter.emit(
    'Transpose',
    [sizes.reshape(products, [groups, joined, perGroup], [groups, taps, channels, perGroup])],
    { perm: [1, 2, 0, 3] },
  );
  return sizes.reshape(ordered, [taps, channels, groups, perGroup], output.shape);
}

function isByPixels({ strides }: Window, channels: Dimension): boolean {
  const isStrided = strides.some((stride) => stride > 1);
  const { stride1, strided } = CHANNELS_BY_PIXELS;
  return typeof channels === 'number' && channels >= (isStrided ? strided : stride1);
}

/** Returns, per group, the sums over all windows of tap channel times filter, taps outermost. */
function productSums(context: Context, window: Window): string {
  const { emitter } = context;
  const { taps, gradient } = planeTaps(context, window);
  const joined = join(context, taps, context.attributes.groups === 1 ? 1 : 2);
  const products = emitter.emit('MatMul', [joined, gradient]);
  return emitter.emit('ReduceSum', [products, emitter.int64s([0])], { keepdims: 0 });
}

/** Returns HWIO: per tap one product over the pixels of all images. */
function productsOfPixels(context: Context, window: Window): string {
  const { emitter, sizes, output } = context;
  const image = operand(context, 0);
  const { shape } = image.type;
  const [, , channels = 1, filters = 1] = output.shape;
  const [batch = 1, rows = 1, columns = 1] = operand(context, 1).type.shape;
  const pixels = elementCount([batch, rows, columns]);
  const flat = (tensor: string, depth: Dimension): string =>
    sizes.reshape(tensor, [batch, rows, columns, depth], [pixels, depth]);
  const gradient = flat(operand(context, 1).rowMajor(), filters);
  const products = cutTaps(context, window, image.rowMajor(), shape, 1).map((tap) => {
    const turned = emitter.emit('Transpose', [flat(tap, channels)], { perm: [1, 0] });
    return emitter.emit('MatMul', [turned, gradient]);
  });
  return sizes.reshape(
    join(context, products, 0),
    [multiplyDimensions(products.length, channels), filters],
    output.shape,
  );
}

// Matrix products of one row each: element-wise they take 4.5 ms instead of 6.8 for 32 images of 14 x 14 x 64.
function depthwise(context: Context, window: Window): string {
  const { emitter, sizes, output } = context;
  const image = operand(context, 0);
  const gradient = operand(context, 1).channelsFirst();
  const planes = channelsFirstShape(image.type.shape);
  const sums = cutTaps(context, window, image.channelsFirst(), planes, 2).map((tap) =>
    emitter.emit('ReduceSum', [emitter.emit('Mul', [tap, gradient]), emitter.int64s([0, 2, 3])], {
      keepdims: 0,
    }),
  );
  return sizes.reshape(join(context, sums, 0), [elementCount(output.shape)], output.shape);
}

/** Operands of the matrix products. */
interface Taps {
  /** For each tap, row-major: `[batch, channels, windows]`, with the groups second if there are several. */
  readonly taps: readonly string[];
  /** `[batch, windows, filters]`, likewise. */
  readonly gradient: string;
}

function planeTaps(context: Context, window: Window): Taps {
  const { emitter, sizes, attributes } = context;
  const { groups } = attributes;
  const image = operand(context, 0);
  const [batch = 1, , , channels = 1] = image.type.shape;
  const [, rows = 1, columns = 1, filters = 1] = operand(context, 1).type.shape;
  const windows = multiplyDimensions(rows, columns);
  const flat = (tensor: string, depth: Dimension): string => {
    const split = groups === 1 ? [depth] : [groups, floorDivideDimension(depth, groups)];
    return sizes.reshape(tensor, [batch, depth, rows, columns], [batch, ...split, windows]);
  };
  const planes = channelsFirstShape(image.type.shape);
  const taps = cutTaps(context, window, image.channelsFirst(), planes, 2).map((tap) =>
    flat(tap, channels),
  );
  const gradient = emitter.emit('Transpose', [flat(operand(context, 1).channelsFirst(), filters)], {
    perm: groups === 1 ? [0, 2, 1] : [0, 1, 3, 2],
  });
  return { taps, gradient };
}

/** Cuts out what each tap saw; `first` is the position of the height axis. */
function cutTaps(
  context: Context,
  window: Window,
  tensor: string,
  shape: Shape,
  first: number,
): readonly string[] {
  const { emitter, sizes } = context;
  const [, rows = 1, columns = 1] = operand(context, 1).type.shape;
  const { before, after, size, strides, dilations } = window;
  const padded = shape.map((length, axis) =>
    addDimensions(length, (before[axis - first] ?? 0) + (after[axis - first] ?? 0)),
  );
  const source = isUnpadded(window) ? tensor : pad(context, tensor, shape.length, first, window);
  return Array.from({ length: size[0] * size[1] }, (_, tap) =>
    slice(emitter, sizes, source, padded, [
      {
        axis: first,
        start: Math.floor(tap / size[1]) * dilations[0],
        size: rows,
        stride: strides[0],
      },
      {
        axis: first + 1,
        start: (tap % size[1]) * dilations[1],
        size: columns,
        stride: strides[1],
      },
    ]),
  );
}

function pad(
  { emitter }: Context,
  tensor: string,
  rank: number,
  first: number,
  { before, after }: Window,
): string {
  const around = (counts: readonly number[]): readonly number[] =>
    Array.from({ length: rank }, (_, axis) => counts[axis - first] ?? 0);
  return emitter.emit('Pad', [tensor, emitter.int64s([...around(before), ...around(after)])]);
}

function join({ emitter }: Context, tensors: readonly string[], axis: number): string {
  const [only = ''] = tensors;
  return tensors.length === 1 ? only : emitter.emit('Concat', tensors, { axis });
}
