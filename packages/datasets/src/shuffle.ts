import { mersenne } from 'pure-rand/generator/mersenne';
import type { Dataset, Fields } from './dataset.ts';
import { drawBelow } from './internal/draw-below.ts';
import { checkInteger } from './internal/options.ts';
import { consecutiveIndices } from './internal/rows.ts';
import { selectExamples } from './subset.ts';

const largestWord = 2 ** 32 - 1;

/** What decides an order. */
export interface ShuffleOptions {
  /** An integer from 0 to 4294967295; the same seed gives the same order everywhere. */
  readonly seed: number;
}

/**
 * Returns the integers from 0 to `size - 1` in a random order in which each permutation is as likely
 * as the generator permits.
 *
 * The algorithm is fixed, so that an order can be reproduced anywhere. Words come from the Mersenne
 * Twister MT19937 with 32-bit output, its state initialised from `seed` by `init_genrand`. Starting from
 * 0, 1, …, `size - 1`, for `last` from `size - 1` down to 1 the entry `last` is swapped with the entry
 * `word mod (last + 1)`, where words of ⌊2³² / (last + 1)⌋ · (last + 1) and above are passed over so
 * that no entry is favoured (Fisher and Yates in Durstenfeld's form).
 *
 * @param size - from 0 to 4294967295
 * @throws {DatasetError} `INVALID_OPTION`
 * @see Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998 (mt19937ar.c);
 * Durstenfeld, "Algorithm 235: Random permutation", Communications of the ACM 7(7), 1964
 */
export function shuffledIndices(size: number, options: ShuffleOptions): Uint32Array {
  checkInteger('shuffledIndices', 'size', size, 0, largestWord);
  checkInteger('shuffledIndices', 'seed', options.seed, 0, largestWord);
  const generator = mersenne(options.seed);
  // The generator gives the word as a signed integer.
  const nextWord = () => generator.next() >>> 0;
  const indices = consecutiveIndices(0, size);
  for (let last = size - 1; last > 0; last -= 1) {
    const chosen = drawBelow(last + 1, nextWord);
    const moved = indices[last] as number;
    indices[last] = indices[chosen] as number;
    indices[chosen] = moved;
  }
  return indices;
}

/**
 * Returns `dataset` in the order of {@link shuffledIndices}; nothing but the order is stored.
 *
 * @throws {DatasetError} `INVALID_OPTION`
 */
export function shuffle<F extends Fields>(
  dataset: Dataset<F>,
  options: ShuffleOptions,
): Dataset<F> {
  return selectExamples(dataset, shuffledIndices(dataset.size, options));
}
