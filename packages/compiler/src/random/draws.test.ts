import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomBernoulli } from './bernoulli.ts';
import { randomBits } from './bits.ts';
import type { StreamOptions } from './draw.ts';
import { randomIntegers } from './integers.ts';
import type { RandomKey } from './key.ts';
import { randomNormal } from './normal.ts';
import { permutation } from './permutation.ts';
import { fillThreefryWords, threefry2x32 } from './threefry.ts';
import { randomTruncatedNormal } from './truncated-normal.ts';
import { randomUniform } from './uniform.ts';

type Numbers = Uint32Array | Float32Array | Uint8Array | Int32Array;

interface Draw {
  readonly name: string;
  readonly draw: (key: RandomKey, count: number, options?: StreamOptions<never>) => Numbers;
  readonly allocate: (count: number) => Numbers;
}

const DRAWS: readonly Draw[] = [
  {
    name: 'randomBits',
    draw: (key, count, options = {}) => randomBits(key, count, options),
    allocate: (count) => new Uint32Array(count),
  },
  {
    name: 'randomUniform',
    draw: (key, count, options = {}) =>
      randomUniform(key, count, { ...options, low: -0.3, high: 7 }),
    allocate: (count) => new Float32Array(count),
  },
  {
    name: 'randomNormal',
    draw: (key, count, options = {}) => randomNormal(key, count, options),
    allocate: (count) => new Float32Array(count),
  },
  {
    name: 'randomTruncatedNormal',
    draw: (key, count, options = {}) => randomTruncatedNormal(key, count, options),
    allocate: (count) => new Float32Array(count),
  },
  {
    name: 'randomBernoulli',
    draw: (key, count, options = {}) =>
      randomBernoulli(key, count, { ...options, probability: 0.4 }),
    allocate: (count) => new Uint8Array(count),
  },
  {
    name: 'randomIntegers with two words per value',
    draw: (key, count, options = {}) => randomIntegers(key, count, { ...options, high: 1000 }),
    allocate: (count) => new Int32Array(count),
  },
  {
    name: 'randomIntegers with one word per value',
    draw: (key, count, options = {}) =>
      randomIntegers(key, count, { ...options, low: -5, high: 1_000_000 }),
    allocate: (count) => new Int32Array(count),
  },
];

const word = fc.integer({ min: 0, max: 0xffffffff });
const anyKey: fc.Arbitrary<RandomKey> = fc.tuple(word, word);
// Beyond 2,048 the chunked draws take a second chunk.
const anyCount = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 2000, max: 5000 }));

describe.each(DRAWS)('$name', ({ draw, allocate }) => {
  it('gives the same elements however the draw is cut into pieces', () => {
    fc.assert(
      fc.property(
        anyKey,
        anyCount,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (key, count, at) => {
          const cut = Math.floor(at * count);
          const whole = [...draw(key, count)];
          const first = draw(key, cut);
          const second = draw(key, count - cut, { offset: cut });
          expect([...first, ...second]).toEqual(whole);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives the same elements across the carry into the high counter word', () => {
    const key: RandomKey = [3, 4];
    const whole = [...draw(key, 5000, { offset: 2 ** 32 - 2500 })];
    const pieces = [2 ** 32 - 2500, 2 ** 32].flatMap((offset) => [...draw(key, 2500, { offset })]);
    expect(pieces).toEqual(whole);
    expect([...draw(key, 2500)]).not.toEqual(whole.slice(2500));
  });

  it('fills a given array, also one that starts inside its buffer, and nothing beside it', () => {
    const key: RandomKey = [5, 6];
    const memory = allocate(3000).fill(99);
    const out = memory.subarray(3, 2997);
    expect(draw(key, 2994, { out: out as never })).toBe(out);
    expect([...out]).toEqual([...draw(key, 2994)]);
    expect([...memory.subarray(0, 3), ...memory.subarray(2997)]).toEqual([99, 99, 99, 99, 99, 99]);
  });

  it('depends on both words of the key', () => {
    const expected = [...draw([1, 2], 50)];
    expect([...draw([1, 3], 50)]).not.toEqual(expected);
    expect([...draw([0, 2], 50)]).not.toEqual(expected);
  });

  it('refuses a malformed key, count, offset or array', () => {
    const key: RandomKey = [1, 2];
    const refused = (attempt: () => unknown, code: string): void => {
      expect(attempt).toThrow(expect.objectContaining({ name: 'AttributeError', code }));
    };
    refused(() => draw([1, -1], 3), 'RANDOM_KEY');
    refused(() => draw([0.5, 1], 3), 'RANDOM_KEY');
    refused(() => draw([1] as never, 3), 'RANDOM_KEY');
    refused(() => draw(key, -1), 'RANDOM_COUNT');
    refused(() => draw(key, 1.5), 'RANDOM_COUNT');
    refused(() => draw(key, Number.NaN), 'RANDOM_COUNT');
    refused(() => draw(key, 3, { offset: -1 }), 'RANDOM_OFFSET');
    refused(() => draw(key, 3, { offset: 2 ** 53 - 2 }), 'RANDOM_OFFSET');
    refused(() => draw(key, 3, { out: allocate(4) as never }), 'RANDOM_OUT_LENGTH');
  });
});

describe('all draws together', () => {
  it('use no Math function whose result the language leaves to the engine', () => {
    // Of Math, ECMA-262 defines these exactly.
    const exact = [
      'abs',
      'ceil',
      'clz32',
      'floor',
      'fround',
      'imul',
      'max',
      'min',
      'sqrt',
      'trunc',
    ];
    const originals = Object.getOwnPropertyDescriptors(Math);
    const used: string[] = [];
    for (const [name, descriptor] of Object.entries(originals)) {
      if (exact.includes(name) || typeof descriptor.value !== 'function') continue;
      const original = descriptor.value as (...values: number[]) => number;
      const spy = (...values: number[]): number => {
        used.push(name);
        return original(...values);
      };
      Object.defineProperty(Math, name, { ...descriptor, value: spy });
    }
    try {
      for (const { draw } of DRAWS) draw([1, 2], 10_000);
      permutation([1, 2], 3000);
      expect(used).toEqual([]);
      Math.log(2);
      expect(used).toEqual(['log']);
    } finally {
      Object.defineProperties(Math, originals);
    }
  });
});

describe('fillThreefryWords', () => {
  it('equals the block function, word for word', () => {
    fc.assert(
      fc.property(anyKey, fc.maxSafeNat(), (key, element) => {
        const offset = Math.min(element, 2 ** 53 - 20);
        const filled = new Uint32Array(9);
        fillThreefryWords(filled, key, offset);
        const expected = Array.from(filled, (_, index) => {
          const counter = BigInt(offset + index);
          const high = Number(counter >> 32n);
          const [first, second] = threefry2x32(key, [high, Number(counter & 0xffffffffn)]);
          return (first ^ second) >>> 0;
        });
        expect([...filled]).toEqual(expected);
      }),
    );
  });
});
