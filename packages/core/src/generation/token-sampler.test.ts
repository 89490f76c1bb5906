import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import type { SamplingOptions } from './token-sampler.ts';
import { createTokenSampler } from './token-sampler.ts';

function drawn(scores: readonly number[], options: SamplingOptions, count: number): number[] {
  const sampler = createTokenSampler(options);
  return Array.from({ length: count }, () => sampler.sample(scores));
}

/** How often each token came, as shares of all. */
function sharesOf(tokens: readonly number[], size: number): number[] {
  return Array.from(
    { length: size },
    (_, id) => tokens.filter((token) => token === id).length / tokens.length,
  );
}

const scores = [0, Math.log(2), Math.log(5), Number.NEGATIVE_INFINITY];

describe('createTokenSampler', () => {
  it.each([
    ['by their softmax', {}, [1 / 8, 2 / 8, 5 / 8, 0]],
    ['sharper below a temperature of 1', { temperature: 0.5 }, [1 / 30, 4 / 30, 25 / 30, 0]],
    ['of the largest only', { topK: 2 }, [0, 2 / 7, 5 / 7, 0]],
    ['of all where topK is more', { topK: 9 }, [1 / 8, 2 / 8, 5 / 8, 0]],
  ] as const)('draws %s', (_, options, expected) => {
    const count = 20_000;
    const shares = sharesOf(drawn(scores, options, count), scores.length);
    expected.forEach((share, id) => {
      // five deviations of a binomial count
      const room = 5 * Math.sqrt((share * (1 - share)) / count);
      expect(Math.abs((shares[id] ?? 0) - share)).toBeLessThanOrEqual(room);
    });
  });

  it('takes the first of the largest at a temperature of 0, and of one', () => {
    expect(drawn([1, 3, 3, 2], { temperature: 0 }, 3)).toEqual([1, 1, 1]);
    expect(drawn([1, 3, 3, 2], { temperature: 9, topK: 1 }, 3)).toEqual([1, 1, 1]);
  });

  it('draws the same with the same seed, and others with another', () => {
    const first = drawn([0, 0, 0, 0], { seed: 3 }, 50);
    expect(drawn([0, 0, 0, 0], { seed: 3 }, 50)).toEqual(first);
    expect(drawn([0, 0, 0, 0], { seed: 4 }, 50)).not.toEqual(first);
    expect(first.slice(0, 12)).toEqual(drawn([0, 0, 0, 0], { seed: 3 }, 12));
  });

  it('does not overflow with large scores', () => {
    expect(sharesOf(drawn([5000, 5000, -5000], {}, 4000), 3)[2]).toBe(0);
  });

  it('refuses options that cannot be', () => {
    for (const temperature of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(caught(() => createTokenSampler({ temperature }))).toMatchObject({
        name: 'AttributeError',
        code: 'SAMPLING_TEMPERATURE',
        message: `createTokenSampler: temperature must be a number of at least 0, got ${temperature}.`,
      });
    }
    expect(caught(() => createTokenSampler({ topK: 0 }))).toMatchObject({ code: 'OPTION_COUNT' });
    const wrong = { temprature: 1 } as SamplingOptions;
    expect(caught(() => createTokenSampler(wrong))).toMatchObject({
      code: 'OPTION_UNKNOWN',
      message: expect.stringContaining('did you mean "temperature"?'),
    });
  });

  it.each([
    [[], 'none'],
    [[1, Number.NaN], 'NaN for token 1'],
    [[Number.POSITIVE_INFINITY, 0], 'Infinity for token 0'],
    [[Number.NEGATIVE_INFINITY], '-Infinity for every token'],
  ])('refuses scores that are no numbers: %j', (wrong, got) => {
    expect(caught(() => createTokenSampler({ temperature: 0 }).sample(wrong))).toMatchObject({
      name: 'DataError',
      code: 'SAMPLING_SCORES',
      message: expect.stringContaining(`must be numbers, got ${got}.`),
    });
  });
});
