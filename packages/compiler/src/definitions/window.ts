import type { Dimension, Pair, PairOfPads } from '@etalon/spec';
import { AttributeError, ShapeError } from '@etalon/spec';
import { addDimensions, floorDivideDimension, formatDimension } from '../dimension/index.ts';
import { requireInteger } from './type-rules.ts';

/** What the size of a windowed axis depends on. */
export interface Window {
  readonly strides: Pair;
  readonly padding: PairOfPads;
  readonly dilations?: Pair;
}

/** Checks strides and padding. */
export function requireWindow({ strides, padding }: Window): void {
  for (const stride of strides) requireInteger(stride, 1, 'strides');
  for (const pad of padding.flat()) requireInteger(pad, 0, 'padding');
}

/** Checks that no pooling window can lie in the padding alone. */
export function requireSmallPadding(windowSize: Pair, padding: PairOfPads): void {
  windowSize.forEach((size, axis) => {
    requireInteger(size, 1, 'windowSize');
    if (Math.max(...(padding[axis] ?? [0, 0])) >= size) {
      throw new AttributeError(
        'ATTRIBUTE_POOL_PADDING',
        `padding must be smaller than the window, got padding ${JSON.stringify(padding)} and windowSize ${JSON.stringify(windowSize)}.`,
      );
    }
  });
}

/**
 * Number of positions of a window on an axis: `⌊(size + pads − ((window − 1)·dilation + 1)) / stride⌋ + 1`.
 *
 * @throws {ShapeError} when a fixed size is too small for one position. A size of 0 has none.
 */
export function windowedSize(
  size: Dimension,
  window: number,
  { strides, padding, dilations = [1, 1] }: Window,
  axis: 0 | 1,
): Dimension {
  const [before, after] = padding[axis];
  const reach = (window - 1) * dilations[axis] + 1;
  const room = addDimensions(size, before + after - reach);
  if (size === 0) return 0;
  if (typeof room === 'number' && room < 0) {
    throw new ShapeError(
      'SHAPE_WINDOW_TOO_LARGE',
      `the window does not fit, got ${axis === 0 ? 'height' : 'width'} ${formatDimension(size)} with padding ${before} + ${after} for a window that spans ${reach}.\nFix: pad the image (padding: 'same') or use a smaller window.`,
    );
  }
  return addDimensions(floorDivideDimension(room, strides[axis]), 1);
}
