import type { Tensor } from '@etalon/compiler';
import { add, mul, square } from '@etalon/compiler';
import { withoutSubnormals } from './without-subnormals.ts';

/** The largest float32 below 1. */
const largestDecay = 1 - 2 ** -24;

/**
 * Returns the decay as an engine multiplies with it: rounded to float32. What normalizes a sum has to be computed from
 * this number: 0.999 and its rounding differ by 1.3e-8, but `1 - 0.999` and what the engine leaves out by 1.3e-5.
 */
export function decayOf(decay: number): number {
  return Math.min(Math.fround(decay), largestDecay);
}

/** Added to each square. Its root, 9e-16, is far below the epsilon that optimizers add to the root of the average. */
const smallestSquare = 2 ** -100;

/**
 * Returns `decay · sum + value`, never subnormal: the moving average of the values, divided by `1 - decay`.
 *
 * The sum takes two passes over the memory of a parameter, the average three: the factor becomes part of a scalar that an
 * optimizer multiplies with anyway.
 */
export function decayedSum(sum: Tensor, value: Tensor, decay: number): Tensor {
  return withoutSubnormals(add(mul(sum, decay), value));
}

/** Returns `decay · sum + value²`, never subnormal: as nothing here is negative, one more addend does for that. */
export function decayedSumOfSquares(sum: Tensor, value: Tensor, decay: number): Tensor {
  return add(mul(sum, decay), add(square(value), smallestSquare));
}
