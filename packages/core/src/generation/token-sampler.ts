import type { RandomKey } from '@etalon/compiler';
import { foldIn, randomKey } from '@etalon/compiler';
import { AttributeError, DataError } from '@etalon/spec';
import { requireCounts, requireKnownOptions } from '../training/check-options.ts';

/** How tokens are drawn from scores. */
export interface SamplingOptions {
  /** What scores are divided by: below 1 the likely becomes likelier. 0 takes the largest score. Default 1. */
  readonly temperature?: number;
  /** How many of the largest scores are drawn from, at least 1. Default: all. */
  readonly topK?: number;
  /** What draws follow from. Equal seeds and scores draw equal tokens. Default 0. */
  readonly seed?: number | RandomKey;
}

/** Options of {@link createTokenSampler}; one that is missing here does not compile. */
export const samplingOptions: { readonly [K in keyof Required<SamplingOptions>]: true } = {
  temperature: true,
  topK: true,
  seed: true,
};

/** Draws tokens one after the other. */
export interface TokenSampler {
  /**
   * Returns the place of a score: of the largest for temperature 0, of equal ones the first.
   *
   * @param scores - logits of one step, one for each token.
   * @throws {DataError} `SAMPLING_SCORES` when there is none, or one is NaN or infinite upwards.
   */
  sample(scores: ArrayLike<number>): number;
}

/**
 * Returns what draws tokens in proportion to the softmax of `scores / temperature`, among the `topK` largest.
 *
 * @throws {AttributeError} when there is no such option, the temperature is negative, `topK` is no integer of at least 1, or the seed
 * is no integer.
 */
export function createTokenSampler(options: SamplingOptions = {}): TokenSampler {
  requireKnownOptions('createTokenSampler', options, samplingOptions);
  return samplerOf('createTokenSampler', options);
}

/** As {@link createTokenSampler}, for options that are known. */
export function samplerOf(
  where: string,
  { temperature = 1, topK, seed = 0 }: SamplingOptions,
): TokenSampler {
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new AttributeError(
      'SAMPLING_TEMPERATURE',
      `${where}: temperature must be a number of at least 0, got ${String(temperature)}.`,
      { details: { temperature } },
    );
  }
  if (topK !== undefined) requireCounts(where, { topK });
  const key = typeof seed === 'number' ? randomKey(seed) : seed;
  let drawn = 0;
  return {
    sample: (scores) => {
      const largest = largestOf(where, scores);
      if (temperature === 0) return largest;
      const most = scores[largest] ?? 0;
      const ids = idsOf(scores, topK);
      const weights = ids.map((id) => Math.exp(((scores[id] ?? 0) - most) / temperature));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let left = uniformOf(foldIn(key, drawn++)) * total;
      const place = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      // Rounding may leave nothing behind the last one.
      return ids[place] ?? largest;
    },
  };
}

function largestOf(where: string, scores: ArrayLike<number>): number {
  let largest = -1;
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] ?? Number.NaN;
    if (!(score < Number.POSITIVE_INFINITY)) throw wrongScores(where, `${score} for token ${id}`);
    if (score > (scores[largest] ?? Number.NEGATIVE_INFINITY)) largest = id;
  }
  if (largest < 0) {
    throw wrongScores(where, scores.length === 0 ? 'none' : '-Infinity for every token');
  }
  return largest;
}

function wrongScores(where: string, got: string): DataError {
  return new DataError(
    'SAMPLING_SCORES',
    `${where}: the scores of a step must be numbers, got ${got}.\nFix: look at the values that the model was trained to; a loss of NaN ends like this.`,
  );
}

/** Tokens from the largest score down, where only some are asked for. Equal scores keep their order. */
function idsOf(scores: ArrayLike<number>, topK: number | undefined): readonly number[] {
  const ids = Array.from(scores, (_, id) => id);
  if (topK === undefined || topK >= ids.length) return ids;
  return ids.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).slice(0, topK);
}

/** A number in [0, 1) of the bits of a key. */
function uniformOf([bits]: RandomKey): number {
  return (bits >>> 0) / 2 ** 32;
}
