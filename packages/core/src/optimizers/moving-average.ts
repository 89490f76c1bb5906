import type { Tensor } from '@etalon/compiler';
import { add, mul, sub } from '@etalon/compiler';
import { withoutSubnormals } from './without-subnormals.ts';

/**
 * Returns `decay · average + (1 - decay) · value`, in a form with one weight: two weights, rounded to float32, do not
 * sum to 1, and for a decay of 0.999 the average of a constant would be off by 1.3e-5.
 *
 * The larger share comes first, unchanged by the rounding of the difference: with a decay of 0, `average + (value -
 * average)` would keep of a small value only what the last digits of a large average have room for.
 */
export function movingAverage(average: Tensor, value: Tensor, decay: number): Tensor {
  return withoutSubnormals(
    decay < 0.5
      ? add(value, mul(sub(average, value), decay))
      : add(average, mul(sub(value, average), 1 - decay)),
  );
}
