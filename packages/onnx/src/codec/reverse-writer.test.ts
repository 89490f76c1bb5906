import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hex } from '../../test/support/hex.ts';
import { ReverseWriter } from './reverse-writer.ts';

type Step =
  | { readonly kind: 'varint'; readonly value: number }
  | { readonly kind: 'varint64'; readonly value: bigint }
  | { readonly kind: 'float32' | 'float64'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('varint' as const),
    value: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  }),
  fc.record({
    kind: fc.constant('varint64' as const),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({ kind: fc.constant('float32' as const), value: fc.float() }),
  fc.record({ kind: fc.constant('float64' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({
    kind: fc.constant('bytes' as const),
    // Sizes on both sides of the limit for borrowing, and enough of them to fill blocks.
    value: fc.nat(3000).map((length) => new Uint8Array(length).fill(length)),
  }),
);

function forwards(steps: readonly Step[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { kind, value } of steps) {
    switch (kind) {
      case 'varint':
        writer.uint32(value);
        break;
      case 'varint64':
        writer.int64(value);
        break;
      case 'float32':
        writer.float(value);
        break;
      case 'float64':
        writer.double(value);
        break;
      case 'text':
        writer.raw(new TextEncoder().encode(value));
        break;
      case 'bytes':
        writer.raw(value);
        break;
    }
  }
  return writer.finish();
}

function backwards(steps: readonly Step[]): ReverseWriter {
  const writer = new ReverseWriter();
  for (const { kind, value } of steps.toReversed()) {
    switch (kind) {
      case 'varint64':
        writer.varint64(value);
        break;
      case 'text':
        writer.text(value);
        break;
      case 'bytes':
        writer.bytes(value);
        break;
      default:
        writer[kind](value);
    }
  }
  return writer;
}

describe('ReverseWriter', () => {
  it('writes from the end what the library writes from the start', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const writer = backwards(steps);
        const expected = forwards(steps);
        expect(writer.size).toBe(expected.length);
        expect(hex(writer.finish())).toBe(hex(expected));
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('writes varints at the edges of their lengths', () => {
    for (const value of [0, 127, 128, 16_383, 16_384, 2 ** 28 - 1, 2 ** 28, 2 ** 32 - 1]) {
      const writer = new ReverseWriter();
      writer.varint(value);
      expect(writer.finish()).toEqual(new BinaryWriter().uint32(value).finish());
    }
  });

  it('gives no bytes when nothing was written', () => {
    expect(new ReverseWriter().finish()).toEqual(new Uint8Array(0));
  });
});
