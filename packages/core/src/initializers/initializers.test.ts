import type { RandomKey } from '@etalon/compiler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../test/vectors/initializers.json' with { type: 'json' };
import { fansOf } from './fans.ts';
import type { Initializer } from './initializer.ts';
import * as initializers from './initializers.ts';

const key: RandomKey = [1, 2];

const scaled: Readonly<Record<string, () => Initializer>> = {
  glorotUniform: initializers.glorotUniform,
  glorotNormal: initializers.glorotNormal,
  heUniform: initializers.heUniform,
  heNormal: initializers.heNormal,
  lecunUniform: initializers.lecunUniform,
  lecunNormal: initializers.lecunNormal,
};

const plain: Readonly<Record<string, (a: number, b: number) => Initializer>> = {
  uniform: (low, high) => initializers.uniform({ low, high }),
  normal: (mean, standardDeviation) => initializers.normal({ mean, standardDeviation }),
  truncatedNormal: (mean, standardDeviation) =>
    initializers.truncatedNormal({ mean, standardDeviation }),
};

interface Vector {
  readonly key: readonly number[];
  readonly shape: readonly number[];
  readonly count: number;
  readonly ends: readonly number[];
  readonly exclusiveOr: number;
}

function expectBits(initializer: Initializer | undefined, vector: Vector): void {
  const [high = -1, low = -1] = vector.key;
  const words = new Uint32Array(
    initializer?.sample([high, low], vector.shape).buffer ?? new ArrayBuffer(0),
  );
  const ends =
    vector.ends.length === words.length ? [...words] : [...words.slice(0, 16), ...words.slice(-16)];
  expect(words).toHaveLength(vector.count);
  expect(ends).toEqual(vector.ends);
  expect(words.reduce((all, word) => all ^ word, 0) >>> 0).toBe(vector.exclusiveOr);
}

describe('scaled initializers', () => {
  it.each(vectors.scaled)('$name equals JAX bit for bit for $key, $shape', (vector) => {
    expectBits(scaled[vector.name]?.(), vector);
  });

  // [variance times mean fan, mean fan of a [60, 20] kernel, largest value in deviations]
  it.each([
    ['glorotUniform', 1, 40, Math.sqrt(3)],
    ['glorotNormal', 1, 40, 2 / 0.8796],
    ['heUniform', 2, 60, Math.sqrt(3)],
    ['heNormal', 2, 60, 2 / 0.8796],
    ['lecunUniform', 1, 60, Math.sqrt(3)],
    ['lecunNormal', 1, 60, 2 / 0.8796],
  ] as const)('%s has mean 0 and variance %d / %d', (name, scale, fan, largest) => {
    const samples = Array.from({ length: 100 }, (_, index) => [
      ...(scaled[name]?.().sample([index, 7], [60, 20]) ?? []),
    ]).flat();
    const deviation = Math.sqrt(scale / fan);
    const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
    const variance = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    // five standard errors of 120,000 draws; the fourth moment of these distributions is below 3
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(samples.length));
    expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / samples.length));
    const reached = Math.max(...samples.map(Math.abs)) / deviation;
    expect(reached).toBeGreaterThan(0.995 * largest);
    expect(reached).toBeLessThan(1.0001 * largest);
  });

  it('gives one vector as many values as it has elements, also none', () => {
    for (const make of Object.values(scaled)) {
      expect(make().sample(key, [5])).toHaveLength(5);
      expect(make().sample(key, [])).toHaveLength(1);
      expect(make().sample(key, [0, 3])).toHaveLength(0);
      expect(make().sample(key, [5]).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('plain initializers', () => {
  it.each(vectors.plain)('$name of $a and $b equals JAX bit for bit', (vector) => {
    expectBits(plain[vector.name]?.(vector.a, vector.b), vector);
  });

  it('have the defaults of Keras', () => {
    const limits = [...initializers.uniform().sample(key, [10_000])].map(Math.abs);
    expect(Math.max(...limits)).toBeGreaterThan(0.0499);
    expect(Math.max(...limits)).toBeLessThanOrEqual(Math.fround(0.05));
    expect(initializers.normal().sample(key, [9])).toEqual(
      initializers.normal({ mean: 0, standardDeviation: 0.05 }).sample(key, [9]),
    );
    expect(initializers.truncatedNormal().sample(key, [9])).toEqual(
      initializers.truncatedNormal({ mean: 0, standardDeviation: 0.05 }).sample(key, [9]),
    );
  });

  it('fill with one value', () => {
    expect(initializers.zeros().sample(key, [2, 2])).toEqual(Float32Array.of(0, 0, 0, 0));
    expect(initializers.ones().sample(key, [2])).toEqual(Float32Array.of(1, 1));
    expect(initializers.constantValue(0.1).sample(key, [])).toEqual(Float32Array.of(0.1));
  });

  it.each([
    [
      'constantValue',
      () => initializers.constantValue(Number.NaN),
      'value is out of range, got NaN',
    ],
    ['uniform', () => initializers.uniform({ low: 1, high: 0 }), 'low is out of range, got 1'],
    [
      'uniform',
      () => initializers.uniform({ high: Infinity }),
      'high is out of range, got Infinity',
    ],
    ['normal', () => initializers.normal({ mean: Number.NaN }), 'mean is out of range, got NaN'],
    [
      'truncatedNormal',
      () => initializers.truncatedNormal({ standardDeviation: -1 }),
      'standardDeviation is out of range, got -1',
    ],
  ])('%s refuses an option outside its range', (name, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({
        name: 'AttributeError',
        code: 'OPTION_RANGE',
        message: expect.stringContaining(`${name}: ${message}.\nExpected a`),
      }),
    );
  });
});

describe('every initializer', () => {
  const all = [
    ...Object.values(scaled).map((make) => make()),
    ...Object.values(plain).map((make) => make(0, 1)),
  ];

  it('gives equal values for equal keys and others for another key', () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(word, word, fc.constantFrom(...all), (high, low, initializer) => {
        const first = initializer.sample([high, low], [4, 5]);
        expect(initializer.sample([high, low], [4, 5])).toEqual(first);
        expect(initializer.sample([high, (low + 1) >>> 0], [4, 5])).not.toEqual(first);
      }),
      { numRuns: 50 },
    );
  });
});

describe('fansOf', () => {
  it.each(vectors.fans)('equals compute_fans of Keras for $shape', ({ shape, fans }) => {
    const { fanIn, fanOut } = fansOf(shape);
    expect([fanIn, fanOut]).toEqual(fans);
  });
});
