// 32-bit FNV-1a: offset basis and prime of Fowler, Noll and Vo.
const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/**
 * Returns a 32-bit FNV-1a hash as eight hexadecimal digits. Strings are hashed by UTF-16 code unit, low byte
 * first.
 *
 * @param lane - seeds independent hashes of the same data.
 */
export function fnv1a(data: string | Uint8Array, lane: number): string {
  let hash = (offsetBasis ^ Math.imul(lane, 0x9e3779b9)) | 0;
  if (typeof data === 'string') {
    for (let index = 0; index < data.length; index++) {
      const unit = data.charCodeAt(index);
      hash = Math.imul(hash ^ (unit & 0xff), prime);
      hash = Math.imul(hash ^ (unit >>> 8), prime);
    }
  } else {
    for (const byte of data) hash = Math.imul(hash ^ byte, prime);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
