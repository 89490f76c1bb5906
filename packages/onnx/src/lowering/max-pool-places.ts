import { elementCount, multiplyDimensions } from '@etalon/compiler';
import type { Dimension, PoolingAttributes, Shape } from '@etalon/spec';
import { dataTypes } from '../codec/element-types.ts';
import type { GraphEmitter } from './graph-emitter.ts';
import { channelsFirstShape } from './lowered-value.ts';
import type { RuntimeSizes } from './runtime-sizes.ts';
import type { Window } from './window.ts';
import { isUnpadded, poolAttributes, poolingWindow } from './window.ts';

/**
 * How the places of maxima are found: by pools of parts of the windows, by numbering the elements that equal their maximum, or by
 * `MaxPool` itself, whose search for places leaves its fast path.
 *
 * ms with ONNX Runtime 1.30 (`benchmarks/lowerings.mjs`; 16 quiet cores), pooling and `MaxUnpool` included, by `corners`, `numbers`
 * and `indices`:
 *
 * - 64 images of 26 x 26 x 16, windows of 2 x 2: one thread 2.47, 2.88, 5.60; two 1.69, 2.09, 3.05; four 1.37, 1.91, 1.74
 * - 64 of 11 x 11 x 32, 2 x 2: 0.91, 1.44, 1.76; 0.87, 1.41, 0.97; 0.83, 1.33, 0.55
 * - 64 of 27 x 27 x 16, 3 x 3: one thread -, 2.54, 3.26; two -, 1.80, 1.84; four -, 1.43, 1.26
 * - 1 of 56 x 56 x 64, 2 x 2: 0.37, 0.45, 1.13; 0.43, 0.53, 0.65; 0.38, 0.46, 0.43
 */
export type WayToPlaces = 'corners' | 'numbers' | 'indices';

/** Max pooling of an image, and where the graph has them, tensors that were made of it. */
export interface PooledImage {
  /** NCHW. */
  readonly image: string;
  /** NHWC, as in the program. */
  readonly shape: Shape;
  readonly attributes: PoolingAttributes;
  /** The largest element of each window, NCHW. */
  readonly largest: string;
}

/** Up to here float32 holds every integer. */
const LARGEST_NUMBER = 2 ** 24;

/** Returns the fastest way that is right for an image, NHWC, and its windows. */
export function wayToPlaces(shape: Shape, attributes: PoolingAttributes): WayToPlaces {
  const { windowSize, strides } = attributes;
  const [, ...sizes] = shape;
  const isKnown = sizes.every((size) => typeof size === 'number');
  const isTiled = windowSize.every((size, axis) => size === strides[axis]);
  if (!isKnown || !isTiled || !isUnpadded(poolingWindow(attributes))) return 'indices';
  if (windowSize.every((size) => size === 2)) return 'corners';
  return Number(shape[1]) * Number(shape[2]) <= LARGEST_NUMBER ? 'numbers' : 'indices';
}

/** Returns where each window's first maximum lies in the flattened NCHW image, int64, without `MaxPool`'s indices. */
export function placesOfMaxima(
  emitter: GraphEmitter,
  sizes: RuntimeSizes,
  pool: PooledImage,
): string {
  const grid = gridOf(pool);
  const inPlane =
    wayToPlaces(pool.shape, pool.attributes) === 'corners'
      ? cornerPlaces(emitter, pool, grid)
      : numberedPlaces(emitter, pool, grid);
  return emitter.emit('Add', [inPlane, planeStarts(emitter.outermost, sizes, pool)]);
}

/** Windows over one plane of the image. */
interface Grid {
  readonly window: Window;
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
}

function gridOf({ shape, attributes }: PooledImage): Grid {
  const window = poolingWindow(attributes);
  const [height, width] = [Number(shape[1]), Number(shape[2])];
  const rows = Math.floor(height / window.size[0]);
  const columns = Math.floor(width / window.size[1]);
  return { window, height, width, rows, columns };
}

// Whether the upper row, the left column and the first element have the maximum says where in a window of 2 x 2 it is first.
function cornerPlaces(emitter: GraphEmitter, pool: PooledImage, grid: Grid): string {
  const { height, width, rows, columns } = grid;
  const reaches = (size: readonly [number, number]): string => {
    const part = emitter.emit('MaxPool', [pool.image], {
      kernel_shape: size,
      strides: grid.window.strides,
    });
    const fits = height % 2 === 0 && width % 2 === 0;
    const cut = fits ? part : crop(emitter, part, [rows, columns]);
    return asFloat(emitter, emitter.emit('Equal', [cut, pool.largest]));
  };
  const [above, left, corner] = [reaches([1, 2]), reaches([2, 1]), reaches([1, 1])];
  // From the element after the first: (1 - above) · (width - left) - corner.
  const below = emitter.emit('Mul', [
    emitter.emit('Sub', [emitter.float(1), above]),
    emitter.emit('Sub', [emitter.float(width), left]),
  ]);
  const step = asInteger(emitter, emitter.emit('Sub', [below, corner]));
  return emitter.emit('Add', [step, windowPlaces(emitter, grid, [0, 1])]);
}

// Elements that equal their maximum get numbers that fall along the plane; a second pool finds the largest of each window.
function numberedPlaces(emitter: GraphEmitter, pool: PooledImage, grid: Grid): string {
  const { window, height, width } = grid;
  const isLargest = emitter.emit('Equal', [pool.image, spread(emitter, pool.largest, grid)]);
  const numbers = emitter.emit('Mul', [asFloat(emitter, isLargest), numbering(emitter, grid)]);
  const largest = emitter.emit('MaxPool', [numbers], poolAttributes(window));
  const count = emitter.float(height * width);
  const places = asInteger(emitter, emitter.emit('Sub', [count, largest]));
  // No element equals a maximum that is not a number: without a limit its place would be outside of the image.
  const last = windowPlaces(emitter, grid, [window.size[0] - 1, window.size[1] - 1]);
  return emitter.emit('Min', [places, last]);
}

function spread(emitter: GraphEmitter, largest: string, grid: Grid): string {
  const { window, height, width, rows, columns } = grid;
  const scales = emitter.constant('float32', [1, 1, ...window.size], 1);
  const tiles = emitter.emit('Resize', [largest, '', scales], {
    coordinate_transformation_mode: 'asymmetric',
    mode: 'nearest',
    nearest_mode: 'floor',
  });
  const rest = [height - rows * window.size[0], width - columns * window.size[1]];
  if (rest.every((count) => count === 0)) return tiles;
  return emitter.emit('Pad', [tiles, emitter.int64s([0, 0, 0, 0, 0, 0, ...rest])]);
}

function crop(emitter: GraphEmitter, tensor: string, ends: readonly number[]): string {
  const [starts, axes] = [emitter.int64s([0, 0]), emitter.int64s([2, 3])];
  return emitter.emit('Slice', [tensor, starts, emitter.int64s(ends), axes]);
}

function asFloat(emitter: GraphEmitter, tensor: string): string {
  return emitter.emit('Cast', [tensor], { to: dataTypes.float32 });
}

function asInteger(emitter: GraphEmitter, tensor: string): string {
  return emitter.emit('Cast', [tensor], { to: dataTypes.int64 });
}

// height · width for the first element, 1 for the last; as a difference, which an engine folds, and a file stays small.
function numbering(emitter: GraphEmitter, { height, width }: Grid): string {
  const outermost = emitter.outermost;
  return outermost.memo(`numbering ${height} ${width}`, () => {
    const rows = Array.from({ length: height }, (_, row) => (height - row) * width);
    const columns = Array.from({ length: width }, (_, column) => column);
    return outermost.emit('Sub', [
      column(outermost, outermost.constant('float32', rows, 1)),
      outermost.constant('float32', columns, 1),
    ]);
  });
}

/** Returns where in its plane an element of each window lies, `offset` from the window's first; [rows, columns], int64. */
function windowPlaces(
  emitter: GraphEmitter,
  { window, width, rows, columns }: Grid,
  offset: readonly [number, number],
): string {
  const outermost = emitter.outermost;
  const { strides } = window;
  const key = `window places ${rows} ${columns} ${width} ${strides.join(' ')} ${offset.join(' ')}`;
  return outermost.memo(key, () => {
    const starts = (count: number, stride: number, from: number): readonly number[] =>
      Array.from({ length: count }, (_, index) => index * stride + from);
    const down = starts(rows, strides[0] * width, offset[0] * width);
    const right = starts(columns, strides[1], offset[1]);
    return outermost.emit('Add', [
      column(outermost, outermost.int64s(down)),
      outermost.int64s(right),
    ]);
  });
}

function column(emitter: GraphEmitter, vector: string): string {
  return emitter.emit('Unsqueeze', [vector, emitter.int64s([1])]);
}

/** Returns where each plane begins in the flattened image, [batch, channels, 1, 1], int64. */
function planeStarts(emitter: GraphEmitter, sizes: RuntimeSizes, { shape }: PooledImage): string {
  const [batch = 1, channels = 1, height = 1, width = 1] = channelsFirstShape(shape);
  const plane = multiplyDimensions(height, width);
  const all = elementCount(shape);
  const key = `planes ${JSON.stringify([batch, channels, height, width])}`;
  return emitter.memo(key, () => {
    const ends = [0, all, plane].map((size) => scalar(emitter, sizes, size));
    const starts = emitter.emit('Range', ends);
    return emitter.emit('Reshape', [starts, emitter.int64s([-1, Number(channels), 1, 1])]);
  });
}

function scalar(emitter: GraphEmitter, sizes: RuntimeSizes, size: Dimension): string {
  if (typeof size === 'number') return emitter.constant('int64', [size], 0);
  return emitter.emit('Squeeze', [sizes.single(size)]);
}
