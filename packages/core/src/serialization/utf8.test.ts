import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, encodeUtf8, isWellFormed } from './utf8.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
// UTF-16 units of any kind, so that surrogates occur alone
const anyUnits = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe010 })))
  .map((units) => String.fromCharCode(...units));
const anyBytes = fc.uint8Array({ maxLength: 40 });
// bytes that begin or continue sequences more often than chance does
const likelyBytes = fc
  .array(
    fc.constantFrom(
      ...[0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1],
      ...[0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff],
    ),
    { maxLength: 6 },
  )
  .map((bytes) => Uint8Array.from(bytes));

function platformDecode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

describe('encodeUtf8', () => {
  it("gives the platform's bytes, lone surrogates replaced", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, anyUnits), (text) => {
        expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)]);
      }),
    );
  });
});

describe('decodeUtf8', () => {
  it("reads and refuses what the platform's strict decoder does", () => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, likelyBytes), (bytes) => {
        expect(decodeUtf8(bytes)).toBe(platformDecode(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  it('reads back what was encoded, also when it is long', () => {
    const long = 'aß€🙂'.repeat(10_000);
    expect(decodeUtf8(encodeUtf8(long))).toBe(long);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['cut off', [0xe2, 0x82]],
    ['overlong in two bytes', [0xc0, 0x80]],
    ['overlong in three bytes', [0xe0, 0x9f, 0xbf]],
    ['overlong in four bytes', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a lone continuation', [0x41, 0x80]],
    ['no lead byte of UTF-8', [0xff]],
  ])('refuses what is %s', (_, bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
  });
});

describe('isWellFormed', () => {
  it('tells texts that lose something when they are encoded', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, anyUnits), (text) => {
        expect(isWellFormed(text)).toBe(decodeUtf8(encodeUtf8(text)) === text);
      }),
    );
  });
});
