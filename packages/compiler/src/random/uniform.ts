import { AttributeError } from '@etalon/spec';
import type { StreamOptions } from './draw.ts';
import { validateDraw } from './draw.ts';
import { fusedMultiplyAdd } from './float32-math.ts';
import type { RandomKey } from './key.ts';
import { fillThreefryWords } from './threefry.ts';

/** Distance of the 2²³ uniform values in [0, 1): one unit of a float32 mantissa, 2⁻²³. */
export const UNIFORM_STEP = 1.1920928955078125e-7;

/** Bits of a word that a float32 mantissa has no room for. */
export const UNUSED_BITS = 9;

/** Options of {@link randomUniform}. */
export interface UniformOptions extends StreamOptions<Float32Array> {
  /** Least value; 0 by default. */
  readonly low?: number;
  /** Bound that values stay below, save by rounding; 1 by default. */
  readonly high?: number;
}

/**
 * Returns `count` float32 values, uniform in `[low, high)`, equal to
 * `jax.random.uniform(key, [count], minval=low, maxval=high)`.
 *
 * The high 23 bits of each word make one of 2²³ equidistant values u in [0, 1); the result is u ·
 * (high - low) + low with bounds and span rounded to float32, rounded **once**: a fused
 * multiply-add, as XLA compiles it for CPUs that have one. JAX on other hardware may round the
 * product too and differ in the last bit, unless `low` is 0 or `high - low` a power of two. When
 * `low` is large against the span, rounding can give `high` itself.
 *
 * @throws {AttributeError} `RANDOM_RANGE` unless the bounds are finite in float32, with a finite
 * span and `low <= high`; `RANDOM_*` for a malformed key, count, offset or `out`.
 * @see `_uniform` in `jax/_src/random/core.py`
 */
export function randomUniform(
  key: RandomKey,
  count: number,
  options: UniformOptions = {},
): Float32Array {
  const offset = validateDraw('randomUniform', key, count, options);
  const { low: lowGiven = 0, high: highGiven = 1 } = options;
  const low = Math.fround(lowGiven);
  const span = Math.fround(Math.fround(highGiven) - low);
  if (!(span >= 0 && span < Number.POSITIVE_INFINITY && Number.isFinite(low))) {
    throw new AttributeError(
      'RANDOM_RANGE',
      `randomUniform: the bounds make no range, got low ${lowGiven} and high ${highGiven}.\n` +
        'Expected finite bounds with low <= high and a difference below 3.4e38.',
      { details: { low: lowGiven, high: highGiven } },
    );
  }
  const out = options.out ?? new Float32Array(count);
  const words = wordsOf(out);
  fillThreefryWords(words, key, offset);
  for (let index = 0; index < count; index += 1) {
    const unit = ((words[index] as number) >>> UNUSED_BITS) * UNIFORM_STEP;
    out[index] = fusedMultiplyAdd(unit, span, low);
  }
  return out;
}

/** Returns a view of a float32 array's memory as words, so that a draw needs no second array. */
export function wordsOf(floats: Float32Array): Uint32Array {
  return new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
}
