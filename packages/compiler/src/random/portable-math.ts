const LEAST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 18_014_398_509_481_984;

/**
 * ln 2 in two parts; the first has 32 bits, so that its product with an exponent is exact (fdlibm,
 * `e_log.c`).
 */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const VIEW = new DataView(new ArrayBuffer(8));

/**
 * Returns the natural logarithm of a float64 number, with the same bits in every JavaScript engine.
 *
 * `Math.log` is only approximate by the language's definition, and engines differ. This one uses
 * IEEE 754 basic operations alone; the error stays below 1 ULP. Zero gives -Infinity, negative
 * numbers and NaN give NaN, Infinity gives Infinity.
 *
 * Method of fdlibm's `e_log.c` (K. C. Ng, Sun Microsystems 1993): x = 2ᵏ · (1 + f), s = f / (2 +
 * f), and log(1 + f) = f - f²/2 + s · (f²/2 + R(s²)) with a minimax polynomial R.
 */
export function portableLog(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let exponent = 0;
  let normal = x;
  if (x < LEAST_NORMAL) {
    exponent = -54;
    normal = x * TWO_TO_54;
  }
  VIEW.setFloat64(0, normal);
  const highWord = VIEW.getUint32(0);
  exponent += (highWord >>> 20) - 1022;
  VIEW.setUint32(0, (highWord & 0x000fffff) | 0x3fe00000);
  let mantissa = VIEW.getFloat64(0);
  // Around 1, in [√½, √2), the polynomial needs the fewest terms.
  if (mantissa < Math.SQRT1_2) {
    exponent -= 1;
    mantissa *= 2;
  }
  const f = mantissa - 1;
  const s = f / (2 + f);
  const halfSquare = 0.5 * f * f;
  const remainder = s * (halfSquare + logPolynomial(s * s));
  return exponent * LN2_HIGH - (halfSquare - (remainder + exponent * LN2_LOW) - f);
}

/** Minimax polynomial of fdlibm's `e_log.c` (Lg1 … Lg7), |error| < 2⁻⁵⁸·⁴⁵ for |s| <= 0.1716. */
function logPolynomial(z: number): number {
  let p = 0.14798198605116586;
  p = p * z + 0.15313837699209373;
  p = p * z + 0.1818357216161805;
  p = p * z + 0.22222198432149784;
  p = p * z + 0.2857142874366239;
  p = p * z + 0.3999999999940942;
  p = p * z + 0.6666666666666735;
  return p * z;
}
