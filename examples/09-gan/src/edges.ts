import { maxPool2d } from '@etalon/compiler';
import type { Tensor } from '@etalon/core';
import { cast, greater, sub } from '@etalon/core';

/** The outline of what is bright, one pixel wide, 0 or 1: `[batch, height, width, 1]` to the same shape. */
export function edgesOf(image: Tensor): Tensor {
  const bright = cast(greater(image, 0.5), 'float32');
  const dark = sub(1, bright);
  // Dark within a pixel: what is bright beyond that is inside.
  return sub(bright, sub(1, maxPool2d(dark, { windowSize: 3, strides: 1, padding: 'same' })));
}
