import type { RandomKey } from '@etalon/core';
import { foldIn, randomKey } from '@etalon/core';

/** How a letter is drawn from scores. */
export interface SamplingOptions {
  /** Scores are divided by it: below 1 the likely becomes likelier. 0 takes the largest. */
  readonly temperature: number;
  /** Only so many of the largest are drawn from. */
  readonly topK: number;
  readonly seed: number;
}

/** Draws letters one after the other; equal seeds draw equal letters. */
export function createSampler({ temperature, topK, seed }: SamplingOptions): {
  draw(scores: ArrayLike<number>): number;
} {
  const key = randomKey(seed);
  let drawn = 0;
  return {
    draw: (scores) => {
      const ranked = Array.from(scores, (score, id) => ({ id, score }))
        .sort((a, b) => b.score - a.score)
        .slice(0, temperature === 0 ? 1 : topK);
      const most = ranked[0]?.score ?? 0;
      const weights = ranked.map(({ score }) =>
        temperature === 0 ? 1 : Math.exp((score - most) / temperature),
      );
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let left = uniformOf(foldIn(key, drawn++)) * total;
      const place = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      return ranked.at(place)?.id ?? 0;
    },
  };
}

/** A number in [0, 1) of a key. */
function uniformOf([high]: RandomKey): number {
  return (high >>> 0) / 2 ** 32;
}
