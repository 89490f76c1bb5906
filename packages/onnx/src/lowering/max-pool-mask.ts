import type { Dimension, PoolingAttributes, Shape } from '@etalon/spec';
import { dataTypes } from '../codec/element-types.ts';
import type { GraphEmitter } from './graph-emitter.ts';
import { poolAttributes, poolingWindow } from './window.ts';

/** Height and width of the windows that {@link maskGradient} takes, and their strides. */
const SIDE = 2;

/** Whether windows of 2 x 2 cover an image exactly, each element once. */
export function isQuartered([, height, width]: Shape, attributes: PoolingAttributes): boolean {
  const { windowSize, strides, padding } = attributes;
  const isEven = (size: Dimension | undefined): boolean =>
    typeof size === 'number' && size % SIDE === 0;
  return (
    [...windowSize, ...strides].every((size) => size === SIDE) &&
    padding.flat().every((count) => count === 0) &&
    isEven(height) &&
    isEven(width)
  );
}

/** Operands of {@link maskGradient}, NCHW. */
export interface MaskedPool {
  readonly image: string;
  /** The largest element of each window. */
  readonly pooled: string;
  readonly gradient: string;
  readonly height: number;
  readonly width: number;
  readonly attributes: PoolingAttributes;
}

/**
 * Adds the gradient of max pooling where {@link isQuartered}, without places of maxima: an element has the gradient where it equals
 * its window's maximum. Equal elements are numbered downwards along the window, and a second pooling finds the largest number, which
 * is the first maximum.
 */
export function maskGradient(emitter: GraphEmitter, pool: MaskedPool): string {
  const { image, pooled, gradient, height, width, attributes } = pool;
  const scales = emitter.constant('float32', [1, 1, SIDE, SIDE], 1);
  const spread = (tensor: string): string =>
    emitter.emit('Resize', [tensor, '', scales], {
      coordinate_transformation_mode: 'asymmetric',
      mode: 'nearest',
      nearest_mode: 'floor',
    });
  const isLargest = emitter.emit('Equal', [image, spread(pooled)]);
  const number = emitter.emit('Mul', [
    emitter.emit('Cast', [isLargest], { to: dataTypes.float32 }),
    numbering(emitter.outermost, height, width),
  ]);
  const window = poolAttributes(poolingWindow(attributes));
  const first = emitter.emit('Equal', [number, spread(emitter.emit('MaxPool', [number], window))]);
  return emitter.emit('Where', [first, spread(gradient), emitter.float(0)]);
}

// 4 3 in one row of a window, 2 1 in the other; as a difference, which an engine folds, and a file stays small.
function numbering(emitter: GraphEmitter, height: number, width: number): string {
  return emitter.memo(`numbering ${height} ${width}`, () => {
    const column = Array.from({ length: height }, (_, row) => SIDE * (SIDE - (row % SIDE)));
    const row = Array.from({ length: width }, (_, place) => place % SIDE);
    const rows = emitter.constant('float32', column, 1);
    return emitter.emit('Sub', [
      emitter.emit('Unsqueeze', [rows, emitter.int64s([1])]),
      emitter.constant('float32', row, 1),
    ]);
  });
}
