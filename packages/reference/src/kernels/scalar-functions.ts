/** Returns `a` to the power `b` with the special cases of C99, where JavaScript has NaN for two of them. */
export function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY))) {
    return 1;
  }
  return a ** b;
}

/** Returns the nearest integer, ties to even; keeps the sign of zero. */
export function roundEven(x: number): number {
  const below = Math.floor(x);
  const fraction = x - below;
  // Infinity and NaN have a NaN fraction, integers and -0 a zero one.
  if (!(fraction > 0)) return x;
  const up = fraction > 0.5 || (fraction === 0.5 && below % 2 !== 0);
  const rounded = up ? below + 1 : below;
  return rounded === 0 && x < 0 ? -0 : rounded;
}

/** Returns the logistic function without overflow on either side. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const exponential = Math.exp(x);
  return exponential / (1 + exponential);
}

/** Returns `log(1 + e^x)` without overflow and without cancellation. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Returns the int32 that a float32 is cast to: truncated, saturated, NaN as 0. */
export function toInt32(x: number): number {
  if (Number.isNaN(x)) return 0;
  // `+ 0` turns the -0 of a truncated fraction into 0.
  return Math.trunc(Math.min(Math.max(x, INT32_MINIMUM), INT32_MAXIMUM)) + 0;
}

/** Smallest int32. */
export const INT32_MINIMUM: number = -(2 ** 31);

/** Largest int32. */
export const INT32_MAXIMUM: number = 2 ** 31 - 1;
