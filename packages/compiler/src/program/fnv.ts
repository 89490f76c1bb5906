// 64-bit FNV-1a, as two 32-bit halves: offset basis 0xcbf29ce484222325, prime 2⁴⁰ + 0x1b3 (RFC 9923).
const basisHigh = 0xcbf29ce4;
const basisLow = 0x84222325;
const primeLow = 0x1b3;
const primeShift = 40 - 32;

/** Returns the 64-bit FNV-1a hash of bytes as 16 hexadecimal digits. */
export function fnv1a64(bytes: ArrayLike<number>): string {
  let high = basisHigh;
  let low = basisLow;
  for (let index = 0; index < bytes.length; index++) {
    low = (low ^ (bytes[index] ?? 0)) >>> 0;
    // Below 2⁴¹, hence exact.
    const product = low * primeLow;
    const carry = Math.floor(product / 2 ** 32);
    high = (Math.imul(high, primeLow) + carry + (low << primeShift)) >>> 0;
    low = product >>> 0;
  }
  return hexadecimal(high) + hexadecimal(low);
}

function hexadecimal(word: number): string {
  return word.toString(16).padStart(8, '0');
}
