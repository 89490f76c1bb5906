import { AttributeError } from '@etalon/spec';
import { isWord, validateCount, validateKey } from './draw.ts';
import { threefry2x32 } from './threefry.ts';
import { encodeUtf8 } from './utf8.ts';

/**
 * Key of a stream of random draws: two 32-bit words, plain data.
 *
 * Use a key for one thing only: a draw, a {@link split}, or {@link foldIn} with distinct data. Two
 * draws from one key see the same bits, and the words of a draw are made from the same blocks as
 * the split keys.
 */
export type RandomKey = readonly [number, number];

/** FNV-1a with 32 bits: offset basis and prime (RFC 9923). */
const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Returns the key of a seed, equal to `jax.random.key(seed)` with JAX's default 32-bit integers.
 *
 * Only the low 32 bits of the seed count, in two's complement: seeds that differ by a multiple of
 * 2³², such as -1 and 4294967295, give the same key. The first word is always 0.
 *
 * @param seed an integer: a number up to ±(2⁵³ - 1), or a bigint in the signed 64-bit range.
 * @throws {AttributeError} `RANDOM_SEED` for anything else.
 * @see `threefry_seed` in `jax/_src/random/threefry2x32.py`, `random_seed` in
 * `jax/_src/random/prng.py`
 */
export function randomKey(seed: number | bigint): RandomKey {
  if (typeof seed === 'bigint' ? BigInt.asIntN(64, seed) !== seed : !Number.isSafeInteger(seed)) {
    throw new AttributeError(
      'RANDOM_SEED',
      `randomKey: the seed must be an integer, got ${seed}.\n` +
        'Expected a number up to ±(2^53 - 1), or a bigint in the signed 64-bit range.',
      { details: { seed } },
    );
  }
  return [0, typeof seed === 'bigint' ? Number(BigInt.asUintN(32, seed)) : seed >>> 0];
}

/**
 * Returns `count` new keys, equal to `jax.random.split(key, count)`.
 *
 * Key i does not depend on the count, and equals `foldIn(key, i)`.
 *
 * @throws {AttributeError} `RANDOM_KEY` or `RANDOM_COUNT`.
 * @see `_threefry_split_foldlike` in `jax/_src/random/threefry2x32.py`
 */
export function split(key: RandomKey, count = 2): RandomKey[] {
  validateKey('split', key);
  validateCount('split', count);
  return Array.from({ length: count }, (_, index) => threefry2x32(key, [0, index]));
}

/**
 * Returns the key made of a key and a number, equal to `jax.random.fold_in(key, data)`.
 *
 * @param data an integer in `0 … 2³² - 1`, such as the index of a step.
 * @throws {AttributeError} `RANDOM_KEY` or `RANDOM_FOLD_IN_DATA`.
 * @see `threefry_fold_in` in `jax/_src/random/threefry2x32.py`
 */
export function foldIn(key: RandomKey, data: number): RandomKey {
  validateKey('foldIn', key);
  if (!isWord(data)) {
    throw new AttributeError(
      'RANDOM_FOLD_IN_DATA',
      `foldIn: the data must be an unsigned 32-bit integer, got ${data}.`,
      { details: { data } },
    );
  }
  return threefry2x32(key, [0, data]);
}

/**
 * Returns the key made of a key and a text: {@link foldIn} of the text's 32-bit FNV-1a hash over
 * its UTF-8 bytes.
 *
 * Etalon's own definition, for streams known by name; JAX has none. Texts are not normalised, and a
 * lone surrogate counts as U+FFFD. With n names in use, two share a key with probability about n² /
 * 2³³: a caller that holds all names can check for it.
 *
 * @throws {AttributeError} `RANDOM_KEY`.
 */
export function foldInString(key: RandomKey, text: string): RandomKey {
  return foldIn(key, fnv1a32(encodeUtf8(text)));
}

/** Returns the 32-bit FNV-1a hash of bytes; for checksums, words may take their place. */
export function fnv1a32(bytes: Iterable<number>): number {
  let hash = FNV_OFFSET_BASIS;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}
