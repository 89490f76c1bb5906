import { AttributeError } from '@etalon/spec';
import type { StreamOptions } from './draw.ts';
import { validateDraw } from './draw.ts';
import type { RandomKey } from './key.ts';
import { split } from './key.ts';
import { fillThreefryWords } from './threefry.ts';

const LEAST_INT32 = -2_147_483_648;
const TWO_TO_16 = 65_536;
const TWO_TO_31 = 2_147_483_648;
const TWO_TO_32 = 4_294_967_296;

/** Words drawn at a time: 8 KiB stay in the first-level cache. */
const CHUNK = 2048;

/** Bounds and options of {@link randomIntegers}. */
export interface IntegerOptions extends StreamOptions<Int32Array> {
  /** Least value, an int32; 0 by default. */
  readonly low?: number;
  /** Bound above all values, up to 2³¹. */
  readonly high: number;
}

/**
 * Returns `count` int32 values in `[low, high)`, equal to
 * `jax.random.randint(key, [count], low, high)`.
 *
 * Remainders of random words: slightly biased unless `high - low` is a power of two. Up to a span
 * of 65,536 a value is the remainder of 64 bits, and its probability is off by less than 2⁻⁴⁸ of
 * itself; for larger spans only 32 bits count, and it is off by up to `(high - low) / 2³²` of
 * itself.
 *
 * @throws {AttributeError} `RANDOM_RANGE` unless the bounds are integers with -2³¹ <= low < high <=
 * 2³¹; `RANDOM_*` for a malformed key, count, offset or `out`.
 * @see `_randint` in `jax/_src/random/core.py`
 */
export function randomIntegers(key: RandomKey, count: number, options: IntegerOptions): Int32Array {
  const offset = validateDraw('randomIntegers', key, count, options);
  const { low = 0, high } = options;
  validateBounds(low, high);
  const out = options.out ?? new Int32Array(count);
  const [higherKey, lowerKey] = split(key) as [RandomKey, RandomKey];
  const lower = new Uint32Array(out.buffer, out.byteOffset, count);
  fillThreefryWords(lower, lowerKey, offset);

  const span = high - low;
  if (span === TWO_TO_32) {
    for (let index = 0; index < count; index += 1) out[index] = (lower[index] as number) + low;
    return out;
  }
  // 2³² mod span, as the square of 2¹⁶ mod span in 32-bit arithmetic: beyond 2¹⁶ the square wraps
  // to 0, and the higher words do not count.
  const divisor = span >>> 0;
  const root = TWO_TO_16 % divisor;
  const multiplier = (Math.imul(root, root) >>> 0) % divisor;
  if (multiplier === 0) {
    for (let index = 0; index < count; index += 1) {
      out[index] = ((lower[index] as number) % divisor) + low;
    }
    return out;
  }
  const chunk = new Uint32Array(Math.min(count, CHUNK));
  for (let start = 0; start < count; start += CHUNK) {
    const size = Math.min(CHUNK, count - start);
    const higher = size === chunk.length ? chunk : chunk.subarray(0, size);
    fillThreefryWords(higher, higherKey, offset + start);
    for (let index = 0; index < size; index += 1) {
      // Both factors are below 2¹⁶, so neither the product nor the sum wraps.
      const shifted = Math.imul((higher[index] as number) % divisor, multiplier);
      const remainder = (lower[start + index] as number) % divisor;
      out[start + index] = (((shifted + remainder) >>> 0) % divisor) + low;
    }
  }
  return out;
}

function validateBounds(low: number, high: number): void {
  const integers = Number.isInteger(low) && Number.isInteger(high);
  if (!integers || low < LEAST_INT32 || high > TWO_TO_31 || low >= high) {
    throw new AttributeError(
      'RANDOM_RANGE',
      `randomIntegers: the bounds hold no int32, got low ${low} and high ${high}.\n` +
        'Expected integers with -2^31 <= low < high <= 2^31; high itself is not drawn.',
      { details: { low, high } },
    );
  }
}
