import { AttributeError } from '@etalon/spec';
import { validateCount, validateKey, validateOutLength } from './draw.ts';
import type { RandomKey } from './key.ts';
import { split } from './key.ts';
import { fillThreefryWords } from './threefry.ts';

/** JAX's indices are int32. */
const LARGEST_COUNT = 2_147_483_647;

/**
 * Largest counts that one round and two rounds of sorting serve: JAX makes ⌈3 ln n / ln(2³² - 1)⌉
 * rounds, that is, the fewest r with n³ <= (2³² - 1)ʳ.
 */
const LARGEST_OF_ONE_ROUND = 1625;
const LARGEST_OF_TWO_ROUNDS = 2_642_245;

/** Bits that one pass of the radix sort looks at: three passes, and 8 KiB of counts. */
const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;
const PASSES = [0, RADIX_BITS, 2 * RADIX_BITS] as const;

/** Options of {@link permutation}. */
export interface PermutationOptions {
  /** Array to fill instead of a new one; its length is `count`. */
  readonly out?: Uint32Array;
}

/**
 * Returns the numbers `0 … count - 1` in random order, equal to
 * `jax.random.permutation(key, count)`.
 *
 * The numbers are sorted, stably, by random 32-bit words, in as many rounds with fresh words as
 * make equal words harmless.
 *
 * @throws {AttributeError} `RANDOM_KEY`, `RANDOM_COUNT` or `RANDOM_OUT_LENGTH`.
 * @see `_shuffle` in `jax/_src/random/core.py`
 */
export function permutation(
  key: RandomKey,
  count: number,
  options: PermutationOptions = {},
): Uint32Array {
  validateKey('permutation', key);
  validateCount('permutation', count);
  validateOutLength('permutation', count, options.out);
  if (count > LARGEST_COUNT) {
    throw new AttributeError(
      'RANDOM_COUNT',
      `permutation: the count must be below 2^31, got ${count}.`,
      { details: { count } },
    );
  }
  const out = options.out ?? new Uint32Array(count);
  for (let index = 0; index < count; index += 1) out[index] = index;

  let current: Sortable = { words: new Uint32Array(count), values: out };
  let spare: Sortable = { words: new Uint32Array(count), values: new Uint32Array(count) };
  let roundKey = key;
  for (let round = numShuffleRounds(count); round > 0; round -= 1) {
    const [nextKey, drawKey] = split(roundKey) as [RandomKey, RandomKey];
    roundKey = nextKey;
    fillThreefryWords(current.words, drawKey, 0);
    for (const shift of PASSES) {
      sortPass(current, spare, shift);
      [current, spare] = [spare, current];
    }
  }
  if (current.values !== out) out.set(current.values);
  return out;
}

/** Returns how often JAX sorts when it shuffles `count` elements. */
export function numShuffleRounds(count: number): number {
  if (count <= 1) return 0;
  if (count <= LARGEST_OF_ONE_ROUND) return 1;
  return count <= LARGEST_OF_TWO_ROUNDS ? 2 : 3;
}

interface Sortable {
  readonly words: Uint32Array;
  readonly values: Uint32Array;
}

/**
 * Moves values and their words into `target`, ordered by the word's bits from `shift` on; equal
 * ones keep their order.
 */
function sortPass(source: Sortable, target: Sortable, shift: number): void {
  const { words, values } = source;
  const { words: sortedWords, values: sortedValues } = target;
  const positions = new Uint32Array(RADIX);
  for (let index = 0; index < words.length; index += 1) {
    const digit = ((words[index] as number) >>> shift) & (RADIX - 1);
    positions[digit] = (positions[digit] as number) + 1;
  }
  let position = 0;
  for (let digit = 0; digit < RADIX; digit += 1) {
    const size = positions[digit] as number;
    positions[digit] = position;
    position += size;
  }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as number;
    const digit = (word >>> shift) & (RADIX - 1);
    const target = positions[digit] as number;
    positions[digit] = target + 1;
    sortedWords[target] = word;
    sortedValues[target] = values[index] as number;
  }
}
