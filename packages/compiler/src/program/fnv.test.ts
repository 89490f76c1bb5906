import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../random/utf8.ts';
import { fnv1a64 } from './fnv.ts';

describe(fnv1a64, () => {
  // Vectors that the algorithm's authors publish.
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('hashes %j to %s', (text, hash) => {
    expect(fnv1a64(encodeUtf8(text))).toBe(hash);
  });

  it('agrees with arithmetic on big integers', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 37 + 11) % 256);
    let hash = 0xcbf29ce484222325n;
    for (const byte of bytes) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
    expect(fnv1a64(bytes)).toBe(hash.toString(16).padStart(16, '0'));
  });
});
