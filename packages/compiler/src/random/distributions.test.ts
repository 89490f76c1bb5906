import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomBernoulli } from './bernoulli.ts';
import { randomBits } from './bits.ts';
import { randomIntegers } from './integers.ts';
import type { RandomKey } from './key.ts';
import { foldIn, foldInString, randomKey, split } from './key.ts';
import { permutation } from './permutation.ts';
import { randomTruncatedNormal } from './truncated-normal.ts';
import { randomUniform } from './uniform.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });
const anyKey: fc.Arbitrary<RandomKey> = fc.tuple(word, word);
const KEY: RandomKey = [0, 42];

const refused = (attempt: () => unknown, code: string, text: string): void => {
  expect(attempt).toThrow(
    expect.objectContaining({
      name: 'AttributeError',
      code,
      message: expect.stringContaining(text),
    }),
  );
};

describe('randomKey', () => {
  it('refuses seeds that are no integers or do not fit', () => {
    refused(() => randomKey(0.5), 'RANDOM_SEED', 'got 0.5');
    refused(() => randomKey(Number.NaN), 'RANDOM_SEED', 'got NaN');
    refused(() => randomKey(2 ** 53), 'RANDOM_SEED', 'got 9007199254740992');
    refused(() => randomKey(2n ** 63n), 'RANDOM_SEED', 'got 9223372036854775808');
  });
});

describe('split and foldIn', () => {
  it('make distinct keys, of which key i does not depend on their number', () => {
    fc.assert(
      fc.property(anyKey, fc.integer({ min: 0, max: 300 }), (key, count) => {
        const keys = split(key, count);
        expect(new Set(keys.map(String)).size).toBe(count);
        expect(split(key, count + 7).slice(0, count)).toEqual(keys);
        expect(keys.map((_, index) => foldIn(key, index))).toEqual(keys);
      }),
      { numRuns: 30 },
    );
  });

  it('make two keys by default', () => {
    expect(split(KEY)).toEqual(split(KEY, 2));
  });

  it('refuse malformed arguments', () => {
    refused(() => split([1, 2 ** 32]), 'RANDOM_KEY', 'split: a key is two 32-bit words');
    refused(() => split(KEY, -2), 'RANDOM_COUNT', 'got -2');
    refused(() => foldIn([-1, 0], 1), 'RANDOM_KEY', 'foldIn: a key is two 32-bit words');
    refused(() => foldIn(KEY, -1), 'RANDOM_FOLD_IN_DATA', 'got -1');
    refused(() => foldIn(KEY, 2 ** 32), 'RANDOM_FOLD_IN_DATA', 'got 4294967296');
    refused(() => foldInString([1.5, 0], 'a'), 'RANDOM_KEY', 'got [1.5,0]');
  });
});

describe('randomUniform', () => {
  it('stays between its bounds in float32', () => {
    const bound = fc.float({
      noNaN: true,
      noDefaultInfinity: true,
      min: -(2 ** 126),
      max: 2 ** 126,
    });
    fc.assert(
      fc.property(anyKey, bound, bound, (key, first, second) => {
        const [low, high] = [Math.min(first, second), Math.max(first, second)];
        for (const value of randomUniform(key, 20, { low, high })) {
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(high);
        }
      }),
    );
  });

  it('refuses bounds that make no float32 range', () => {
    const ranges = [
      [2, 1],
      [0, Number.NaN],
      [Number.NaN, 1],
      [0, Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY, 0],
      [-3e38, 3e38],
      [0, 1e39],
    ] as const;
    for (const [low, high] of ranges) {
      refused(() => randomUniform(KEY, 1, { low, high }), 'RANDOM_RANGE', `low ${low} and high`);
    }
  });
});

describe('randomTruncatedNormal', () => {
  it('stays inside two standard deviations, with the deviation that truncation leaves', () => {
    const values = randomTruncatedNormal(KEY, 200_000);
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    expect(values.every((value) => value > -2 && value < 2)).toBe(true);
    // √(1 - 4 φ(2) / erf(√2)) = 0.87963; the estimate of 200,000 draws has a deviation of about
    // 0.001.
    expect(Math.abs(Math.sqrt(squares / values.length) - 0.87963)).toBeLessThan(0.005);
  });
});

describe('randomBernoulli', () => {
  it('gives 1 with any positive probability where the uniform value is 0', () => {
    // Found by search: the first word of this stream whose high 23 bits are 0.
    const offset = 4_276_093;
    expect([...randomBits([0, 0], 1, { offset })]).toEqual([54]);
    expect([...randomBernoulli([0, 0], 1, { offset, probability: 1e-9 })]).toEqual([1]);
    expect([...randomBernoulli([0, 0], 1, { offset, probability: 0 })]).toEqual([0]);
  });

  it('refuses probabilities outside [0, 1]', () => {
    for (const probability of [-0.1, 1.1, Number.NaN]) {
      const text = `got ${probability}`;
      refused(() => randomBernoulli(KEY, 1, { probability }), 'RANDOM_PROBABILITY', text);
    }
  });
});

describe('randomIntegers', () => {
  it('stays between its bounds and reaches both ends of a short range', () => {
    const bound = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
    fc.assert(
      fc.property(anyKey, bound, bound, (key, first, second) => {
        fc.pre(first !== second);
        const [low, high] = [Math.min(first, second), Math.max(first, second)];
        for (const value of randomIntegers(key, 20, { low, high })) {
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThan(high);
        }
      }),
    );
    expect(new Set(randomIntegers(KEY, 200, { low: -2, high: 2 }))).toEqual(
      new Set([-2, -1, 0, 1]),
    );
  });

  it('refuses bounds that hold no int32', () => {
    const ranges = [
      [0, 0],
      [1, 0],
      [0.5, 3],
      [0, 2 ** 31 + 1],
      [-(2 ** 31) - 1, 0],
      [0, Number.NaN],
    ] as const;
    for (const [low, high] of ranges) {
      const text = `low ${low} and high ${high}`;
      refused(() => randomIntegers(KEY, 1, { low, high }), 'RANDOM_RANGE', text);
    }
  });
});

describe('permutation', () => {
  it('holds every number once, in a given array too', () => {
    fc.assert(
      fc.property(anyKey, fc.integer({ min: 0, max: 4000 }), (key, count) => {
        const out = new Uint32Array(count).fill(7);
        expect(permutation(key, count, { out })).toBe(out);
        expect(out).toEqual(permutation(key, count));
        expect([...out].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
      { numRuns: 40 },
    );
  });

  it('refuses malformed arguments', () => {
    refused(() => permutation([0, -1], 3), 'RANDOM_KEY', 'permutation: a key');
    refused(() => permutation(KEY, 2.5), 'RANDOM_COUNT', 'got 2.5');
    refused(() => permutation(KEY, 2 ** 31), 'RANDOM_COUNT', 'below 2^31');
    const out = new Uint32Array(2);
    refused(() => permutation(KEY, 3, { out }), 'RANDOM_OUT_LENGTH', 'got 2 for 3');
  });
});
