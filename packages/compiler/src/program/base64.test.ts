import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

describe('base64', () => {
  // Test vectors of RFC 4648, section 10.
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('writes %j as %s and reads it back', (text, encoded) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(encodeBase64(bytes)).toBe(encoded);
    expect(decodeBase64(encoded)).toEqual(bytes);
  });

  it('agrees with Node on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const encoded = encodeBase64(bytes);
        expect(encoded).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(encoded)).toEqual(bytes);
      }),
      { numRuns: 200, seed: 21 },
    );
  });

  it('writes long data in pieces that fit together', () => {
    const bytes = Uint8Array.from({ length: 50_000 }, (_, index) => (index * 31) % 251);
    expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  });

  it.each([
    ['abc', 'a length of 3'],
    ['ab c', 'the character " " at 2'],
    ['ab=c', 'the character "=" at 2'],
    ['a===', 'the character "=" at 1'],
    ['äbcd', 'the character "ä" at 0'],
    ['ab\u{1F600}', 'the character "\\ud83d" at 2'],
  ])('refuses %j', (text, received) => {
    expect(caught(() => decodeBase64(text))).toMatchObject({
      name: 'SerializationError',
      code: 'BASE64_INVALID',
      message: `base64: the text is not valid, got ${received}.`,
    });
  });
});
