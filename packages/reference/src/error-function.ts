// Coefficients of the rational Chebyshev approximations in W. J. Cody, "Rational Chebyshev approximations for
// the error function", Mathematics of Computation 23 (1969), rounded to float64; lowest degree first.
// Intervals: |x| <= 0.46875, <= 4, > 4.
const SMALL_NUMERATOR = [
  3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315,
];
const SMALL_DENOMINATOR = [
  2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122, 1,
];
const MIDDLE_NUMERATOR = [
  1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001,
  66.11919063714163, 8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8,
];
const MIDDLE_DENOMINATOR = [
  1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903,
  537.1811018620099, 117.6939508913125, 15.744926110709835, 1,
];
const LARGE_NUMERATOR = [
  0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445,
  0.30532663496123236, 0.016315387137302097,
];
const LARGE_DENOMINATOR = [
  0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234673,
  2.568520192289822, 1,
];

const INVERSE_SQRT_PI = 0.5641895835477563;

/** Returns the Gauss error function `2/√π · ∫₀ˣ e^-t² dt`, to about 1e-16 relative. */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude <= 0.46875) {
    const square = x * x;
    return (x * evaluate(SMALL_NUMERATOR, square)) / evaluate(SMALL_DENOMINATOR, square);
  }
  const rest = 1 - upperTail(magnitude);
  return x < 0 ? -rest : rest;
}

/** Returns `1 - erf(x)` without the cancellation at large x, to about 1e-15 relative. */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erf(x);
  return x < 0 ? 2 - upperTail(-x) : upperTail(x);
}

// erfc on x > 0.46875. NaN falls through to the last branch and stays NaN.
function upperTail(x: number): number {
  if (x <= 4) {
    return (gaussian(x) * evaluate(MIDDLE_NUMERATOR, x)) / evaluate(MIDDLE_DENOMINATOR, x);
  }
  // e^-x² is below the smallest float64 from here on, and ∞ · 0 would be NaN below.
  if (x > 27) return 0;
  const inverse = 1 / (x * x);
  const correction =
    (inverse * evaluate(LARGE_NUMERATOR, inverse)) / evaluate(LARGE_DENOMINATOR, inverse);
  return (gaussian(x) * (INVERSE_SQRT_PI - correction)) / x;
}

// e^-x² with x split at 1/16: the square of the head is exact, so no digits are lost for large x.
function gaussian(x: number): number {
  const head = Math.trunc(x * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

function evaluate(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let degree = coefficients.length - 1; degree >= 0; degree--) {
    sum = sum * x + (coefficients[degree] as number);
  }
  return sum;
}
