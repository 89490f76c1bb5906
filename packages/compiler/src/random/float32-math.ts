// float32 arithmetic as XLA's CPU code does it. Operands are float32 values held in float64:
// rounding the float64 result of one +, -, ×, ÷ or √ to float32 gives the float32 result (Figueroa
// 1995).

const { fround } = Math;

const WORD = new Int32Array(1);
const FLOAT = new Float32Array(WORD.buffer);

/** √2 in float32. */
export const SQRT_TWO: number = fround(Math.SQRT2);

/** √½ and √2 - 1 in float32: where the mantissa is halved, and where log1p changes its formula. */
const SQRT_HALF = fround(Math.SQRT1_2);
const SQRT_TWO_MINUS_ONE = fround(0.41421356237309503);

/**
 * Returns `a · b + c` rounded to float32 after the float64 sum.
 *
 * A true fused operation rounds once, this twice. The results differ only when the float64 sum is
 * inexact and falls on the middle between two float32 values; see {@link fusedMultiplyAdd}, which
 * mends that. This short form is for functions whose every possible result was compared with JAX.
 */
function multiplyAdd(a: number, b: number, c: number): number {
  return fround(a * b + c);
}

/**
 * Returns `a · b + c` for float32 values, rounded once to float32.
 *
 * The product is exact in float64. Where the float64 sum lies in the middle between two float32
 * values, the part that the sum lost decides to which side the exact value lies.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const nearest = fround(sum);
  const other = sum + (sum - nearest);
  if (sum === nearest || fround(other) !== other) return nearest;
  // TwoSum (Knuth, The Art of Computer Programming 2, 4.2.2): what the sum lost, exactly.
  const rest = sum - product;
  const lost = product - (sum - rest) + (c - rest);
  if (lost === 0) return nearest;
  return lost > 0 ? Math.max(nearest, other) : Math.min(nearest, other);
}

/**
 * Returns the natural logarithm of a positive, normal float32 value in float32.
 *
 * Cephes' `logf` (Moshier), its polynomial summed in three interleaved parts with fused operations
 * as XLA's CPU code generator emits it.
 */
export function logFloat32(value: number): number {
  FLOAT[0] = value;
  const word = WORD[0] as number;
  let exponent = (word >>> 23) - 126;
  WORD[0] = (word & 0x007fffff) | 0x3f000000;
  const mantissa = FLOAT[0];
  let x = fround(mantissa - 1);
  if (mantissa < SQRT_HALF) {
    exponent -= 1;
    x = fround(x + mantissa);
  }
  const x2 = fround(x * x);
  const x3 = fround(x2 * x);

  let high = multiplyAdd(x, fround(7.0376836292e-2), fround(-1.151461031e-1));
  let middle = multiplyAdd(x, fround(-1.2420140846e-1), fround(1.4249322787e-1));
  let low = multiplyAdd(x, fround(2.0000714765e-1), fround(-2.4999993993e-1));
  high = multiplyAdd(high, x, fround(1.167699874e-1));
  middle = multiplyAdd(middle, x, fround(-1.6668057665e-1));
  low = multiplyAdd(low, x, fround(3.3333331174e-1));
  const polynomial = multiplyAdd(multiplyAdd(high, x3, middle), x3, low);

  // ln 2 in two parts, the first with few digits so that its product with the exponent is exact.
  const tail = multiplyAdd(polynomial, x3, fround(exponent * fround(-2.1219444e-4)));
  const head = fround(x - fround(0.5 * x2));
  return multiplyAdd(exponent, 0.693359375, fround(head + tail));
}

/**
 * Returns log(1 + x) in float32 for float32 x > -1.
 *
 * Near zero the rational function of Cephes' `log1p` (Moshier), elsewhere {@link logFloat32} of the
 * rounded sum.
 */
function log1pFloat32(x: number): number {
  if (Math.abs(x) >= SQRT_TWO_MINUS_ONE) return logFloat32(fround(1 + x));
  let numerator = fround(4.527000086e-5);
  numerator = multiplyAdd(numerator, x, fround(4.985410282e-1));
  numerator = multiplyAdd(numerator, x, fround(6.578732594));
  numerator = multiplyAdd(numerator, x, fround(2.991191933e1));
  numerator = multiplyAdd(numerator, x, fround(6.094966798e1));
  numerator = multiplyAdd(numerator, x, fround(5.711296359e1));
  numerator = multiplyAdd(numerator, x, fround(2.00395535e1));
  let denominator = fround(x + fround(1.506290908e1));
  denominator = multiplyAdd(denominator, x, fround(8.304756597e1));
  denominator = multiplyAdd(denominator, x, fround(2.217623982e2));
  denominator = multiplyAdd(denominator, x, fround(3.090987223e2));
  denominator = multiplyAdd(denominator, x, fround(2.164278861e2));
  denominator = multiplyAdd(denominator, x, fround(6.01186605e1));
  const x2 = fround(x * x);
  const cubic = fround(fround(x * x2) * fround(numerator / denominator));
  return fround(x + multiplyAdd(-0.5, x2, cubic));
}

/**
 * Returns the inverse error function of a float32 value in (-1, 1), in float32.
 *
 * Giles' single-precision polynomials in w = -log(1 - x²), one for w < 5 and one for √w beyond.
 *
 * @see Giles: Approximating the erfinv function (GPU Computing Gems 2, 2011), and `ErfInv32` of XLA
 */
export function inverseErrorFloat32(x: number): number {
  const w = -log1pFloat32(fround(x * -x));
  return fround(x * (w < 5 ? inverseErrorCentre(fround(w - 2.5)) : inverseErrorTail(w)));
}

function inverseErrorCentre(w: number): number {
  let p = fround(2.81022636e-8);
  p = multiplyAdd(p, w, fround(3.43273939e-7));
  p = multiplyAdd(p, w, fround(-3.5233877e-6));
  p = multiplyAdd(p, w, fround(-4.39150654e-6));
  p = multiplyAdd(p, w, fround(2.1858087e-4));
  p = multiplyAdd(p, w, fround(-1.25372503e-3));
  p = multiplyAdd(p, w, fround(-4.17768164e-3));
  p = multiplyAdd(p, w, fround(2.46640727e-1));
  return multiplyAdd(p, w, fround(1.50140941));
}

function inverseErrorTail(w: number): number {
  const v = fround(fround(Math.sqrt(w)) - 3);
  let p = fround(-2.00214257e-4);
  p = multiplyAdd(p, v, fround(1.00950558e-4));
  p = multiplyAdd(p, v, fround(1.34934322e-3));
  p = multiplyAdd(p, v, fround(-3.67342844e-3));
  p = multiplyAdd(p, v, fround(5.73950773e-3));
  p = multiplyAdd(p, v, fround(-7.6224613e-3));
  p = multiplyAdd(p, v, fround(9.43887047e-3));
  p = multiplyAdd(p, v, fround(1.00167406));
  return multiplyAdd(p, v, fround(2.83297682));
}
