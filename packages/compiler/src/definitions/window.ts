import type { Dimension, Pair, PairOfPads } from '@etalon/spec';
import { AttributeError, ShapeError } from '@etalon/spec';
import { addDimensions, floorDivideDimension, formatDimension } from '../dimension/index.ts';
import { requirePair } from './type-rules.ts';

/** What the size of a windowed axis depends on. */
export interface Window {
  readonly strides: Pair;
  readonly padding: PairOfPads;
  readonly dilations?: Pair;
}

/** Checks strides and padding. */
export function requireWindow({ strides, padding }: Window): void {
  requirePair(strides, 1, 'strides');
  if (!Array.isArray(padding) || padding.length !== 2) {
    throw new AttributeError(
      'ATTRIBUTE_PADDING',
      `padding must be 'valid', 'same' or [[top, bottom], [left, right]], got ${JSON.stringify(padding)}.`,
    );
  }
  for (const pads of padding) requirePair(pads, 0, 'padding');
}

/** Checks the height and width of an image among the attributes. */
export function requireSizes(sizes: readonly [Dimension, Dimension]): void {
  if (Array.isArray(sizes) && sizes.length === 2) return;
  throw new AttributeError(
    'ATTRIBUTE_PAIR',
    `inputSize must be two sizes, height and width, got ${JSON.stringify(sizes)}.`,
  );
}

/** Checks that no pooling window can lie in the padding alone. */
export function requireSmallPadding(windowSize: Pair, padding: PairOfPads): void {
  requirePair(windowSize, 1, 'windowSize');
  windowSize.forEach((size, axis) => {
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
 * @throws {ShapeError} when a fixed size is too small for one position. Over nothing there is no position.
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
  if (typeof room === 'number' && room < 0) {
    if (size === 0) return 0;
    throw new ShapeError(
      'SHAPE_WINDOW_TOO_LARGE',
      `the window does not fit, got ${axis === 0 ? 'height' : 'width'} ${formatDimension(size)} with padding ${before} + ${after} for a window that spans ${reach}.\nFix: pad the image (padding: 'same') or use a smaller window.`,
    );
  }
  return addDimensions(floorDivideDimension(room, strides[axis]), 1);
}
