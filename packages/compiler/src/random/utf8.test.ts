import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from './utf8.ts';

describe('encodeUtf8', () => {
  it("gives TextEncoder's bytes for any sequence of code units, lone surrogates too", () => {
    const encoder = new TextEncoder();
    const surrogate = fc.integer({ min: 0xd800, max: 0xdfff });
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ max: 0x7f, min: 0 }),
      surrogate,
    );
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = String.fromCharCode(...units);
        expect(encodeUtf8(text)).toEqual([...encoder.encode(text)]);
      }),
      { numRuns: 500 },
    );
  });

  it('encodes one to four bytes', () => {
    expect(encodeUtf8('aß語🙂')).toEqual([
      0x61, 0xc3, 0x9f, 0xe8, 0xaa, 0x9e, 0xf0, 0x9f, 0x99, 0x82,
    ]);
  });
});
