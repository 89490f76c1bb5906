import type { RandomKey } from '@etalon/compiler';
import { drawNormal, drawTruncatedNormal, drawUniform } from '@etalon/compiler';
import type { Fans } from './fans.ts';
import { fansOf } from './fans.ts';
import type { Initializer } from './initializer.ts';
import type { NormalInitializerOptions } from './options.ts';
import { momentsOf, outOfRange, requireFinite } from './options.ts';
import { countOf, scaleInPlace } from './values.ts';

/** Bounds of `uniform`. */
export interface UniformInitializerOptions {
  /** Least value; default -0.05. */
  readonly low?: number;
  /** Bound that values stay below; default 0.05. */
  readonly high?: number;
}

/** Returns an initializer of zeros. Keras `Zeros`. */
export function zeros(): Initializer {
  return filledWith('zeros', 0);
}

/** Returns an initializer of ones. Keras `Ones`. */
export function ones(): Initializer {
  return filledWith('ones', 1);
}

/**
 * Returns an initializer with one value everywhere. Keras `Constant`.
 *
 * @throws {AttributeError} `OPTION_RANGE` when the value is not finite.
 */
export function constantValue(value: number): Initializer {
  requireFinite('constantValue', 'value', value);
  return filledWith('constantValue', value);
}

/**
 * Returns an initializer that draws uniformly from `[low, high)`, equal to `jax.random.uniform`. Keras
 * `RandomUniform`.
 *
 * @throws {AttributeError} `OPTION_RANGE` unless the bounds are finite and `low <= high`.
 */
export function uniform(options: UniformInitializerOptions = {}): Initializer {
  const { low = -0.05, high = 0.05 } = options;
  requireFinite('uniform', 'low', low);
  requireFinite('uniform', 'high', high);
  if (low > high) throw outOfRange('uniform', 'low', low, `a number of at most high, ${high}`);
  return {
    name: 'uniform',
    sample: (key, shape) => drawUniform(key, countOf(shape), { low, high }),
  };
}

/**
 * Returns an initializer that draws from a normal distribution; with mean 0 equal to
 * `jax.nn.initializers.normal`. Keras `RandomNormal`.
 *
 * @throws {AttributeError} `OPTION_RANGE` when an option is not finite or the deviation is negative.
 */
export function normal(options: NormalInitializerOptions = {}): Initializer {
  const { mean, standardDeviation } = momentsOf('normal', options);
  return {
    name: 'normal',
    sample: (key, shape) => scaleInPlace(drawNormal(key, countOf(shape)), standardDeviation, mean),
  };
}

/**
 * Returns an initializer that draws from a normal distribution cut off at two standard deviations; with mean 0
 * equal to `jax.nn.initializers.truncated_normal`. Keras `TruncatedNormal`.
 *
 * `standardDeviation` is that of the distribution before it is cut; what is drawn deviates by 0.88 of it.
 *
 * @throws {AttributeError} `OPTION_RANGE` when an option is not finite or the deviation is negative.
 */
export function truncatedNormal(options: NormalInitializerOptions = {}): Initializer {
  const { mean, standardDeviation } = momentsOf('truncatedNormal', options);
  return {
    name: 'truncatedNormal',
    sample: (key, shape) =>
      scaleInPlace(drawTruncatedNormal(key, countOf(shape)), standardDeviation, mean),
  };
}

/**
 * Returns an initializer uniform in ±√(6 / (fanIn + fanOut)), equal to `jax.nn.initializers.glorot_uniform`. Keras
 * `GlorotUniform`.
 *
 * @see Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", (16)
 */
export function glorotUniform(): Initializer {
  return scaled('glorotUniform', 1, averageFan, drawSymmetricUniform);
}

/**
 * Returns a truncated normal initializer with standard deviation √(2 / (fanIn + fanOut)), equal to
 * `jax.nn.initializers.glorot_normal`. Keras `GlorotNormal`.
 *
 * @see Glorot and Bengio 2010, as for {@link glorotUniform}
 */
export function glorotNormal(): Initializer {
  return scaled('glorotNormal', 1, averageFan, drawUnitTruncatedNormal);
}

/**
 * Returns an initializer uniform in ±√(6 / fanIn), equal to `jax.nn.initializers.he_uniform`. Keras `HeUniform`.
 *
 * @see He et al. 2015, "Delving deep into rectifiers", (10)
 */
export function heUniform(): Initializer {
  return scaled('heUniform', 2, fanIn, drawSymmetricUniform);
}

/**
 * Returns a truncated normal initializer with standard deviation √(2 / fanIn), equal to
 * `jax.nn.initializers.he_normal`. Keras `HeNormal`.
 *
 * @see He et al. 2015, as for {@link heUniform}
 */
export function heNormal(): Initializer {
  return scaled('heNormal', 2, fanIn, drawUnitTruncatedNormal);
}

/**
 * Returns an initializer uniform in ±√(3 / fanIn), equal to `jax.nn.initializers.lecun_uniform`. Keras
 * `LecunUniform`.
 *
 * @see LeCun et al. 1998, "Efficient backprop", section 4.6
 */
export function lecunUniform(): Initializer {
  return scaled('lecunUniform', 1, fanIn, drawSymmetricUniform);
}

/**
 * Returns a truncated normal initializer with standard deviation √(1 / fanIn), equal to
 * `jax.nn.initializers.lecun_normal`. Keras `LecunNormal`.
 *
 * @see LeCun et al. 1998, as for {@link lecunUniform}
 */
export function lecunNormal(): Initializer {
  return scaled('lecunNormal', 1, fanIn, drawUnitTruncatedNormal);
}

function filledWith(name: string, value: number): Initializer {
  return { name, sample: (_, shape) => new Float32Array(countOf(shape)).fill(value) };
}

type Draw = (key: RandomKey, count: number, variance: number) => Float32Array;

function scaled(name: string, scale: number, fan: (fans: Fans) => number, draw: Draw): Initializer {
  return {
    name,
    sample: (key, shape) => {
      // an empty variable has a fan of 0
      const variance = Math.fround(scale / Math.max(1, fan(fansOf(shape))));
      return draw(key, countOf(shape), variance);
    },
  };
}

const fanIn = (fans: Fans): number => fans.fanIn;
const averageFan = (fans: Fans): number => (fans.fanIn + fans.fanOut) / 2;

// Each step is rounded to float32 in the order of `variance_scaling` in jax/_src/nn/initializers.py.
const drawSymmetricUniform: Draw = (key, count, variance) =>
  scaleInPlace(drawUniform(key, count, { low: -1, high: 1 }), Math.sqrt(Math.fround(3 * variance)));

// Standard deviation of the standard normal distribution cut off at ±2, digits as in JAX and Keras.
const truncatedDeviation = Math.fround(0.87962566103423978);

const drawUnitTruncatedNormal: Draw = (key, count, variance) =>
  scaleInPlace(
    drawTruncatedNormal(key, count),
    Math.fround(Math.sqrt(variance)) / truncatedDeviation,
  );
