import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fusedMultiplyAdd, logFloat32 } from './float32-math.ts';

// Products of float32 values are multiples of 2^-298.
const SCALE = 298;

/** Returns x · 2^298 exactly, for float32 x and for products of two. */
function scaled(x: number): bigint {
  return BigInt(x * 2 ** 149) << BigInt(SCALE - 149);
}

const absolute = (x: bigint): bigint => (x < 0n ? -x : x);

/** Returns the float32 values next to x on both sides. */
function neighbours(x: number): number[] {
  if (x === 0) return [-(2 ** -149), 2 ** -149];
  const float = new Float32Array(1);
  const word = new Uint32Array(float.buffer);
  return [-1, 1].map((step) => {
    float[0] = x;
    word[0] = (word[0] as number) + step;
    return float[0];
  });
}

function expectNearest(a: number, b: number, c: number): void {
  const got = fusedMultiplyAdd(a, b, c);
  expect(Math.fround(got)).toBe(got);
  const exact = (scaled(a) * scaled(b)) / (1n << BigInt(SCALE)) + scaled(c);
  const distance = absolute(scaled(got) - exact);
  for (const neighbour of neighbours(got)) {
    expect(distance <= absolute(scaled(neighbour) - exact)).toBe(true);
  }
}

describe('fusedMultiplyAdd', () => {
  it('gives the float32 value nearest to the exact result', () => {
    const value = fc.float({ noNaN: true, min: -(2 ** 60), max: 2 ** 60 });
    fc.assert(
      fc.property(value, value, value, (a, b, c) => expectNearest(a, b, c)),
      { numRuns: 500 },
    );
  });

  it('is not misled when the float64 sum falls in the middle between two float32 values', () => {
    const nearOne = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(nearOne, fc.integer({ min: 0, max: 1000 }), fc.boolean(), (k, j, negative) => {
        // (1 + e)(1 - e) = 1 - e² is half a unit of c, less a trifle that float64 cannot hold.
        const e = k * 2 ** -23;
        const sign = negative ? -1 : 1;
        expectNearest(sign * (1 + e), 1 - e, 2 ** 24 + 2 * j);
      }),
      { numRuns: 300 },
    );
  });

  it('differs there from rounding twice', () => {
    const e = 2 ** -23;
    expect(Math.fround((1 + e) * (1 - e) + (2 ** 24 + 2))).toBe(2 ** 24 + 4);
    expect(fusedMultiplyAdd(1 + e, 1 - e, 2 ** 24 + 2)).toBe(2 ** 24 + 2);
  });
});

describe('logFloat32', () => {
  it('lies within one float32 unit of the logarithm', () => {
    const value = fc.float({ noNaN: true, min: 2 ** -126, max: 2 ** 120 });
    fc.assert(
      fc.property(value, (x) => {
        const exact = Math.log(x);
        const unit = 2 ** -23 * Math.max(Math.abs(exact), 2 ** -20);
        expect(Math.abs(logFloat32(x) - exact)).toBeLessThanOrEqual(unit);
      }),
      { numRuns: 1000 },
    );
  });
});
