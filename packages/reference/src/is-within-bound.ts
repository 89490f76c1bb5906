import { FLOAT32_OVERFLOW } from './bounds/float32.ts';

/**
 * Tells whether an engine's number is within a bound of the oracle's.
 *
 * NaN agrees with NaN alone, an infinity with itself; zeros agree whatever their signs. Where the oracle may
 * round to a float32 infinity, that infinity is allowed too.
 */
export function isWithinBound(actual: number, expected: number, bound: number): boolean {
  if (bound === Number.POSITIVE_INFINITY || actual === expected) return true;
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (Math.abs(actual) === Number.POSITIVE_INFINITY && Number.isFinite(expected)) {
    return actual > 0
      ? expected + bound >= FLOAT32_OVERFLOW
      : expected - bound <= -FLOAT32_OVERFLOW;
  }
  return Math.abs(actual - expected) <= bound;
}
