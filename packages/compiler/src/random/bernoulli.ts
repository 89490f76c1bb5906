import { AttributeError } from '@etalon/spec';
import type { StreamOptions } from './draw.ts';
import { validateDraw } from './draw.ts';
import type { RandomKey } from './key.ts';
import { fillThreefryWords } from './threefry.ts';
import { UNUSED_BITS } from './uniform.ts';

/** Number of uniform float32 values in [0, 1). */
const NUM_UNIFORM_VALUES = 8_388_608;

/** Words drawn at a time: 8 KiB stay in the first-level cache. */
const CHUNK = 2048;

/** Probability and options of {@link randomBernoulli}. */
export interface BernoulliOptions extends StreamOptions<Uint8Array> {
  /** Probability of a 1, in `[0, 1]`. */
  readonly probability: number;
}

/**
 * Returns `count` bytes, 1 with the given probability and else 0, equal to
 * `jax.random.bernoulli(key, probability, [count])`.
 *
 * A word gives 1 when its uniform value in [0, 1) is below the probability rounded to float32:
 * probability 0 never gives 1, probability 1 always.
 *
 * @throws {AttributeError} `RANDOM_PROBABILITY` outside `[0, 1]`; `RANDOM_*` for a malformed key,
 * count, offset or `out`.
 * @see `_bernoulli` in `jax/_src/random/core.py`, mode `low`
 */
export function randomBernoulli(
  key: RandomKey,
  count: number,
  options: BernoulliOptions,
): Uint8Array {
  const offset = validateDraw('randomBernoulli', key, count, options);
  const { probability } = options;
  if (!(probability >= 0 && probability <= 1)) {
    throw new AttributeError(
      'RANDOM_PROBABILITY',
      `randomBernoulli: the probability must lie in [0, 1], got ${probability}.`,
      { details: { probability } },
    );
  }
  // m · 2⁻²³ < p is m < ⌈p · 2²³⌉ for an integer m; the product is exact.
  const threshold = Math.ceil(Math.fround(probability) * NUM_UNIFORM_VALUES);
  const out = options.out ?? new Uint8Array(count);
  const chunk = new Uint32Array(Math.min(count, CHUNK));
  for (let start = 0; start < count; start += CHUNK) {
    const size = Math.min(CHUNK, count - start);
    const words = size === chunk.length ? chunk : chunk.subarray(0, size);
    fillThreefryWords(words, key, offset + start);
    for (let index = 0; index < size; index += 1) {
      // The sign bit of the difference: a branch on random data costs more than the word itself.
      out[start + index] = (((words[index] as number) >>> UNUSED_BITS) - threshold) >>> 31;
    }
  }
  return out;
}
