import type { Tensor } from '@etalon/compiler';
import { add, mul, sub } from '@etalon/compiler';

/**
 * Returns `decay · average + (1 - decay) · value` as `average + (1 - decay)·(value - average)`.
 *
 * The two weights of the first form, rounded to float32, do not sum to 1: for a decay of 0.999 the average of a
 * constant would be off by 1.3e-5. The second form has one weight, and as many nodes.
 */
export function movingAverage(average: Tensor, value: Tensor, decay: number): Tensor {
  return add(average, mul(sub(value, average), 1 - decay));
}
