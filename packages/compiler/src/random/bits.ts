import type { StreamOptions } from './draw.ts';
import { validateDraw } from './draw.ts';
import type { RandomKey } from './key.ts';
import { fillThreefryWords } from './threefry.ts';

/**
 * Returns `count` random 32-bit words, equal to `jax.random.bits(key, [count])`.
 *
 * @throws {AttributeError} for a malformed key, count, offset or `out` (codes `RANDOM_*`).
 * @see `_threefry_random_bits_partitionable` in `jax/_src/random/threefry2x32.py`
 */
export function randomBits(
  key: RandomKey,
  count: number,
  options: StreamOptions<Uint32Array> = {},
): Uint32Array {
  const offset = validateDraw('randomBits', key, count, options);
  const out = options.out ?? new Uint32Array(count);
  fillThreefryWords(out, key, offset);
  return out;
}
