import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import goldens from '../../test/goldens/random.json' with { type: 'json' };
import { Pcg64 } from './pcg64.ts';
import { RandomGenerator } from './random-generator.ts';
import { SeedSequence } from './seed-sequence.ts';

const cases = goldens.cases.map(({ seed, ...rest }) => ({ seed: BigInt(seed), ...rest }));

describe('SeedSequence', () => {
  it.each(cases)('spreads $seed as NumPy does, and its children', ({ seed, sequence }) => {
    const own = new SeedSequence(seed);
    expect([...own.generateState(10)]).toEqual(sequence.state);
    const children = own.spawn(3);
    expect([...(children[1]?.generateState(8) ?? [])]).toEqual(sequence.child);
    expect([...(children[2]?.spawn(2)[1]?.generateState(8) ?? [])]).toEqual(sequence.grandchild);
  });

  it('spawns further children at each call, and takes numbers as bigints', () => {
    const [own, other] = [new SeedSequence(7), new SeedSequence(7n)];
    own.spawn(1);
    expect(own.spawn(2).map(({ spawnKey }) => spawnKey)).toEqual([[1], [2]]);
    expect(own.generateState(4)).toEqual(other.generateState(4));
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53, -1n])('refuses %s', (seed) => {
    expect(() => new SeedSequence(seed)).toThrow(
      expect.objectContaining({
        name: 'EnvironmentError',
        code: 'INVALID_SEED',
        message: expect.stringContaining(`got ${seed}.`),
      }),
    );
  });
});

describe('Pcg64', () => {
  it.each(cases)('draws the bits of $seed that NumPy draws', ({ seed, bits }) => {
    const own = new Pcg64(seed);
    const { state, increment, half } = own.getState();
    expect([`${state}`, `${increment}`, half]).toEqual([bits.state, bits.increment, undefined]);
    expect(bits.bits.map(() => `${own.nextUint64()}`)).toEqual(bits.bits);
    const later = new Pcg64(seed);
    later.advance(137);
    expect(`${later.nextUint64()}`).toBe(bits.after137);
    const far = new Pcg64(seed);
    far.advance(2n ** 100n + 3n);
    expect(`${far.nextUint64()}`).toBe(bits.afterMany);
  });

  it('goes on and back by any number of draws, and keeps a half', () => {
    const draws = fc.integer({ min: 0, max: 2000 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 130n }), draws, draws, (seed, some, more) => {
        const [stepped, jumped] = [new Pcg64(seed), new Pcg64(seed)];
        expect(jumped.nextUint32()).toBe(stepped.nextUint32());
        for (let draw = 0; draw < some; draw++) stepped.nextDouble();
        jumped.advance(some + more);
        jumped.advance(-more);
        expect(jumped.getState()).toEqual(stepped.getState());
        expect(jumped.nextUint32()).toBe(stepped.nextUint32());
        expect(jumped.nextDouble()).toBe(stepped.nextDouble());
      }),
      { numRuns: 50 },
    );
  });

  it('leaves draws out as if they had been made', () => {
    const [stepped, skipped] = [new Pcg64(9), new Pcg64(9)];
    for (const count of [1, 0, 200, 3]) {
      for (let draw = 0; draw < count; draw++) {
        stepped.nextDouble();
        skipped.skip();
      }
      expect(skipped.nextUint32()).toBe(stepped.nextUint32());
    }
    skipped.skip();
    stepped.nextUint64();
    expect(skipped.clone().nextDouble()).toBe(stepped.clone().nextDouble());
    expect(skipped.getState()).toEqual(stepped.getState());
  });

  it('is copied with its half', () => {
    const own = new Pcg64(3);
    own.nextUint32();
    const copy = own.clone();
    expect([copy.nextUint32(), copy.nextDouble()]).toEqual([own.nextUint32(), own.nextDouble()]);
  });
});

describe('RandomGenerator', () => {
  it.each(cases)('draws from $seed what NumPy draws', ({ seed, draws }) => {
    const random = new RandomGenerator(seed);
    for (const expected of draws) {
      const permutation = random.permutation(9);
      const shuffled = Array.from({ length: 13 }, (_, at) => at);
      random.shuffle(shuffled);
      expect({
        random: random.random(),
        six: random.integers(0, 6),
        uniform: random.uniform(-0.6, -0.4),
        float32: random.randomFloat32(),
        signed: random.integers(-1000003, 1000003),
        half: random.integers(0, 2 ** 31),
        many: random.integers(0, 3 * 2 ** 30),
        all32: random.integers(0, 2 ** 32),
        large: random.integers(-(2 ** 40), 2 ** 52),
        one: random.integers(5, 6),
        letter: random.choice('abcdefg'),
        weighted: random.choice([0, 1, 2, 3, 4], goldens.shares),
        permutation,
        shuffled,
      }).toEqual(expected);
    }
  });

  it.each(cases)('draws the distributions of $seed that NumPy draws', ({ seed, distributions }) => {
    const random = new RandomGenerator(seed);
    const digest = (draw: () => number): string =>
      createHash('sha256')
        .update(new Uint8Array(Float64Array.from({ length: 20000 }, draw).buffer))
        .digest('hex');
    const forty = (draw: () => number): number[] => Array.from({ length: 40 }, draw);
    expect({
      normal: digest(() => random.normal(3, 2)),
      exponential: digest(() => random.exponential(0.5)),
      geometric: forty(() => random.geometric(0.25)),
      likely: forty(() => random.geometric(0.6)),
      certain: random.geometric(1),
      after: random.random(),
    }).toEqual(distributions);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a chance of %s for throws', (probability) => {
    expect(() => new RandomGenerator(0).geometric(probability)).toThrow(
      expect.objectContaining({ code: 'INVALID_PROBABILITIES' }),
    );
  });

  it('is copied at its place', () => {
    const random = new RandomGenerator(1);
    random.integers(0, 3);
    const copy = random.clone();
    expect(copy.integers(0, 1000)).toBe(random.integers(0, 1000));
    expect(copy.random()).toBe(random.random());
  });

  it.each([
    [3, 3],
    [4, 3],
    [0.5, 3],
    [0, Number.POSITIVE_INFINITY],
    [-(2 ** 53) + 1, 2 ** 53 - 1],
  ])('refuses integers from %s to %s', (low, high) => {
    expect(() => new RandomGenerator(0).integers(low, high)).toThrow(
      expect.objectContaining({ code: 'INVALID_RANGE' }),
    );
  });

  it('refuses to choose from nothing, and by what are no probabilities', () => {
    const random = new RandomGenerator(0);
    expect(() => random.choice([])).toThrow(expect.objectContaining({ code: 'NOTHING_TO_CHOOSE' }));
    for (const shares of [[0.5], [0.5, 0.6], [1.5, -0.5], [Number.NaN, 1]]) {
      expect(() => random.choice('ab', shares)).toThrow(
        expect.objectContaining({
          code: 'INVALID_PROBABILITIES',
          message: expect.stringContaining(`got ${shares.length} for 2`),
        }),
      );
    }
    // Nothing was drawn.
    expect(random.random()).toBe(new RandomGenerator(0).random());
  });
});
