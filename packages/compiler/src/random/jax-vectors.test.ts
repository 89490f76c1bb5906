import { describe, expect, it } from 'vitest';
import vectors from '../../test/vectors/random.json' with { type: 'json' };
import { randomBernoulli } from './bernoulli.ts';
import { randomBits } from './bits.ts';
import { randomIntegers } from './integers.ts';
import type { RandomKey } from './key.ts';
import { fnv1a32, foldIn, foldInString, randomKey, split } from './key.ts';
import { normalOfMantissa, randomNormal } from './normal.ts';
import { numShuffleRounds, permutation } from './permutation.ts';
import { threefry2x32 } from './threefry.ts';
import { randomTruncatedNormal, truncatedNormalOfMantissa } from './truncated-normal.ts';
import { randomUniform, wordsOf } from './uniform.ts';
import { encodeUtf8 } from './utf8.ts';

const NUM_MANTISSAS = 2 ** 23;

const pair = ([first = -1, second = -1]: readonly number[]): RandomKey => [first, second];

const bitsOf = (floats: Float32Array): number[] => [...wordsOf(floats)];

function hashOfEveryMantissa(transform: (mantissa: number) => number): number {
  const values = new Float32Array(NUM_MANTISSAS);
  for (let mantissa = 0; mantissa < NUM_MANTISSAS; mantissa += 1) {
    values[mantissa] = transform(mantissa);
  }
  return fnv1a32(wordsOf(values));
}

describe('threefry2x32', () => {
  it("gives Random123's known answers for 20 rounds", () => {
    for (const { key, counter, words } of vectors.knownAnswers) {
      expect(threefry2x32(pair(key), pair(counter))).toEqual(words);
    }
    expect(vectors.knownAnswers).toHaveLength(3);
  });
});

describe('randomKey', () => {
  it.each(vectors.seeds)('makes the key of jax.random.key($seed)', ({ seed, key }) => {
    expect(randomKey(BigInt(seed))).toEqual(key);
    if (Number.isSafeInteger(Number(seed))) expect(randomKey(Number(seed))).toEqual(key);
  });
});

describe('split', () => {
  it.each(vectors.splits)('makes the keys of jax.random.split from $key', ({ key, keys }) => {
    expect(split(pair(key), keys.length)).toEqual(keys);
  });
});

describe('foldIn', () => {
  it.each(vectors.foldIns)('equals jax.random.fold_in($key, $data)', ({ key, data, result }) => {
    expect(foldIn(pair(key), data)).toEqual(result);
  });
});

describe('foldInString', () => {
  it.each(vectors.foldInTexts)('folds in the FNV-1a hash of "$text"', (vector) => {
    expect(fnv1a32(encodeUtf8(vector.text))).toBe(vector.hash);
    expect(foldInString(pair(vector.key), vector.text)).toEqual(vector.result);
  });

  it('hashes as RFC 9923 prints for "", "a" and "foobar"', () => {
    const hashes = ['', 'a', 'foobar'].map((text) => fnv1a32(encodeUtf8(text)));
    expect(hashes).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
  });
});

describe('randomBits', () => {
  it.each(vectors.bits)('equals jax.random.bits of $key, $words.length words', ({ key, words }) => {
    expect([...randomBits(pair(key), words.length)]).toEqual(words);
  });

  it.each(vectors.counters)('carries into the high counter word at $offset', (vector) => {
    const { key, offset, words } = vector;
    expect([...randomBits(pair(key), words.length, { offset })]).toEqual(words);
  });
});

describe('randomUniform', () => {
  it.each(vectors.uniform)('equals jax.random.uniform of $key in [$low, $high)', (vector) => {
    const { key, low, high, bits } = vector;
    expect(bitsOf(randomUniform(pair(key), bits.length, { low, high }))).toEqual(bits);
  });
});

describe('randomBernoulli', () => {
  it.each(vectors.bernoulli)('equals jax.random.bernoulli at $probability, $count', (vector) => {
    const { key, probability, count, values } = vector;
    expect([...randomBernoulli(pair(key), count, { probability })]).toEqual(values);
  });
});

describe('randomNormal', () => {
  it.each(vectors.normal)('equals jax.random.normal of $key', ({ key, bits }) => {
    expect(bitsOf(randomNormal(pair(key), bits.length))).toEqual(bits);
  });

  it('equals JAX at each of the 2^23 values that a draw can take', () => {
    expect(hashOfEveryMantissa(normalOfMantissa)).toBe(vectors.normalHash);
  });

  it('lies within 6e-6 of the exact inverse error function', () => {
    for (const { mantissa, bits, true: exact } of vectors.normalAccuracy) {
      const value = normalOfMantissa(mantissa);
      expect(bitsOf(Float32Array.of(value))).toEqual([bits]);
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(6e-6 * Math.abs(exact));
    }
    expect(vectors.normalAccuracy.length).toBeGreaterThan(50);
  });
});

describe('randomTruncatedNormal', () => {
  it.each(vectors.truncatedNormal)('equals jax.random.truncated_normal of $key', (vector) => {
    const { key, bits } = vector;
    expect(bitsOf(randomTruncatedNormal(pair(key), bits.length))).toEqual(bits);
  });

  it('equals JAX at each of the 2^23 values that a draw can take', () => {
    expect(hashOfEveryMantissa(truncatedNormalOfMantissa)).toBe(vectors.truncatedNormalHash);
  });
});

describe('randomIntegers', () => {
  it.each(vectors.integers)('equals jax.random.randint in [$low, $high)', (vector) => {
    const { key, low, high, values } = vector;
    expect([...randomIntegers(pair(key), values.length, { low, high })]).toEqual(values);
  });
});

describe('permutation', () => {
  it.each(vectors.permutations)('equals jax.random.permutation($key, $count)', (vector) => {
    const { key, count, values } = vector;
    expect([...permutation(pair(key), count)]).toEqual(values);
  });

  it.each(vectors.permutationHashes)('equals JAX for $count elements, by hash', (vector) => {
    const { key, count, hash } = vector;
    expect(fnv1a32(permutation(pair(key), count))).toBe(hash);
  });

  it.each(vectors.shuffleRounds)('sorts $rounds times for $count elements', (vector) => {
    expect(numShuffleRounds(vector.count)).toBe(vector.rounds);
  });
});
