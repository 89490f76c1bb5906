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
 * From this many input channels per group on, each filter tap has its own matrix product; below, all taps
 * are joined to one. Measured with ONNX Runtime 1.30, one thread, 3 x 3 filters: 64 images of 28 x 28 x 1 take
 * 0.7 ms joined and 1.2 by tap, 32 of 32 x 32 x 3 1.8 and 3.2, 64 of 13 x 13 x 16 2.1 and 2.1, 16 of
 * 28 x 28 x 64 18.1 and 13.0. As a convolution of transposed tensors: 1.2, 3.3, 3.1, 25.7.
 */
const CHANNELS_BY_TAP = 16;

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
  const products = productSums(context, window, channels);
  const taps = filterSize[0] * filterSize[1];
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

/** Returns, per group, the sums over all windows of tap channel times filter, taps outermost. */
function productSums(context: Context, window: Window, channels: Dimension): string {
  const { emitter } = context;
  const { groups } = context.attributes;
  const byTap = typeof channels === 'number' && channels >= CHANNELS_BY_TAP;
  const strided = window.strides.some((stride) => stride !== 1);
  // A strided slice of NHWC copies whole pixels: 32 images of 28 x 28 x 32 take 6.2 ms, from NCHW 8.4.
  const { taps, gradient } =
    byTap && strided && groups === 1 ? pixelTaps(context, window) : planeTaps(context, window);
  const axis = groups === 1 ? 1 : 2;
  const products = byTap
    ? join(
        context,
        taps.map((tap) => emitter.emit('MatMul', [tap, gradient])),
        axis,
      )
    : emitter.emit('MatMul', [join(context, taps, axis), gradient]);
  return emitter.emit('ReduceSum', [products, emitter.int64s([0])], { keepdims: 0 });
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

function pixelTaps(context: Context, window: Window): Taps {
  const { emitter, sizes } = context;
  const image = operand(context, 0);
  const { shape } = image.type;
  const [batch = 1, rows = 1, columns = 1, filters = 1] = operand(context, 1).type.shape;
  const windows = multiplyDimensions(rows, columns);
  const flat = (tensor: string, depth: Dimension): string =>
    sizes.reshape(tensor, [batch, rows, columns, depth], [batch, windows, depth]);
  const taps = cutTaps(context, window, image.rowMajor(), shape, 1).map((tap) =>
    emitter.emit('Transpose', [flat(tap, shape[3] ?? 1)], { perm: [0, 2, 1] }),
  );
  return { taps, gradient: flat(operand(context, 1).rowMajor(), filters) };
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
