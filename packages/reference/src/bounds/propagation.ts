import { power, sigmoid } from '../kernels/scalar-functions.ts';
import { scaled } from './rule.ts';
import type { FunctionName } from './tolerances.ts';

/**
 * Largest change of `f` within `[x - b, x + b]`, or a little more, where `b` is finite and positive. Infinite
 * where the interval meets a singularity.
 */
type Propagation = (x: number, b: number, value: number) => number;

const INFINITE = Number.POSITIVE_INFINITY;

// Distance from zero of the interval's nearest point: where the bell-shaped derivatives are largest.
function nearestToZero(x: number, b: number): number {
  return Math.max(Math.abs(x) - b, 0);
}

/** How a bound goes through each function of one variable. */
export const propagation: Readonly<Record<FunctionName, Propagation>> = {
  // √x - √(x-b) = b / (√x + √(x-b)); below zero the result is NaN for certain
  sqrt: (x, b) => {
    if (x + b < 0) return 0;
    return x - b < 0 ? INFINITE : b / (Math.sqrt(x) + Math.sqrt(x - b));
  },
  // e^(x+b) - e^x, the larger of the two sides
  exp: (_x, b, value) => scaled(Math.expm1(b), value),
  // log x - log(x-b), the larger of the two sides
  log: (x, b) => {
    if (x + b < 0) return 0;
    return x - b > 0 ? -Math.log1p(-b / x) : INFINITE;
  },
  sin: (x, b) => Math.min(b * Math.min(Math.abs(Math.cos(x)) + b, 1), 2),
  cos: (x, b) => Math.min(b * Math.min(Math.abs(Math.sin(x)) + b, 1), 2),
  // tanh' = 1 - tanh²
  tanh: (x, b) => Math.min(b * (1 - Math.tanh(nearestToZero(x, b)) ** 2), 2),
  // erf' = 2/√π · e^-x²
  erf: (x, b) =>
    Math.min(((2 * b) / Math.sqrt(Math.PI)) * Math.exp(-(nearestToZero(x, b) ** 2)), 2),
  // σ' = σ·(1 - σ)
  sigmoid: (x, b) => {
    const steepest = sigmoid(-nearestToZero(x, b));
    return Math.min(b * steepest * (1 - steepest), 1);
  },
};

/** Largest change of `a / b` within the intervals of both operands. */
export function quotientChange(a: number, aBound: number, b: number, bBound: number): number {
  if (aBound === 0 && bBound === 0) return 0;
  if (bBound > 0 && Math.abs(b) <= bBound) return INFINITE;
  return (aBound + scaled(bBound, Math.abs(a / b))) / (Math.abs(b) - bBound);
}

/** Largest change of `a` to the power `b` within the intervals of both operands. */
export function powerChange(
  a: number,
  aBound: number,
  b: number,
  bBound: number,
  value: number,
): number {
  if (aBound === 0 && bBound === 0) return 0;
  if (a - aBound > 0) return changeAtCorners(a, aBound, b, bBound, value);
  if (a === 0 && aBound === 0) return b - bBound > 0 ? 0 : INFINITE;
  // At and below zero only whole exponents give numbers; x^n then has its extremes at the ends and at 0.
  if (bBound > 0 || !Number.isInteger(b)) return INFINITE;
  const containsZero = Math.abs(a) <= aBound;
  if (containsZero && b < 0) return INFINITE;
  const ends = [power(a - aBound, b), power(a + aBound, b), ...(containsZero && b > 0 ? [0] : [])];
  return Math.max(...ends.map((end) => Math.abs(end - value)));
}

// A positive base: the power is monotone in each operand, so the corners hold the extremes. The relative
// change e^(b'·log a' - b·log a) - 1 is taken without cancellation.
function changeAtCorners(
  a: number,
  aBound: number,
  b: number,
  bBound: number,
  value: number,
): number {
  const logarithm = Math.log(a);
  let largest = 0;
  for (const aChange of [Math.log1p(aBound / a), Math.log1p(-aBound / a)]) {
    for (const bChange of [bBound, -bBound]) {
      const exponent = (b + bChange) * aChange + bChange * logarithm;
      largest = Math.max(largest, Math.abs(Math.expm1(exponent)));
    }
  }
  return scaled(largest, Math.abs(value));
}
