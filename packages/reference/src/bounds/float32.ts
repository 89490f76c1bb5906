/** Largest finite float32. */
export const FLOAT32_MAXIMUM: number = 3.4028234663852886e38;

/** From this magnitude on, rounding to float32 gives an infinity: half an ulp above the largest number. */
export const FLOAT32_OVERFLOW: number = 3.4028235677973366e38;

/** Smallest normal float32. */
export const FLOAT32_SMALLEST_NORMAL: number = 2 ** -126;

/** Distance between neighbouring subnormal float32 numbers. */
const SUBNORMAL_ULP = 2 ** -149;

const view = new DataView(new ArrayBuffer(8));

/**
 * Returns the distance between neighbouring float32 numbers at the magnitude of `x`: 2^(e-23) for `|x|` in
 * [2^e, 2^(e+1)), at least 2^-149. Beyond float32's range the exponent goes on as in float64.
 */
export function ulp(x: number): number {
  if (!(Math.abs(x) >= FLOAT32_SMALLEST_NORMAL))
    return !Number.isNaN(x) ? SUBNORMAL_ULP : Number.NaN;
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  view.setFloat64(0, x);
  // The exponent field of a float64 has 11 bits below the sign and the bias 1023.
  const exponent = ((view.getUint16(0) >> 4) & 0x7ff) - 1023;
  return 2 ** (exponent - 23);
}

/** Tells whether a number is a float32. */
export function isFloat32(x: number): boolean {
  return Math.fround(x) === x;
}

/** Returns how far the nearest float32 is; 0 for NaN and infinities. */
export function float32Rounding(x: number): number {
  return Number.isFinite(x) ? Math.abs(x - Math.fround(x)) : 0;
}
