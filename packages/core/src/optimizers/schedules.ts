import type { Tensor } from '@etalon/compiler';
import {
  add,
  cos,
  div,
  filled,
  floor,
  greater,
  lesser,
  min,
  mul,
  pow,
  sub,
  where,
} from '@etalon/compiler';
import { outOfRange, requireAtLeastZero, requireSteps } from './options.ts';

/** A learning rate that changes: the float32 rate of an update, from its number, 1 at first. */
export type Schedule = (step: Tensor) => Tensor;

/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions {
  readonly initialRate: number;
  /** Updates after which the rate is `decayRate` times the first one. */
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Whether the rate falls only at multiples of `decaySteps`; default false. */
  readonly staircase?: boolean;
}

/**
 * Returns a rate that falls by the same factor in equal times: `initialRate · decayRate^(t / decaySteps)`, with `t` the updates done.
 * Keras `ExponentialDecay`.
 *
 * @throws {AttributeError} `OPTION_RANGE` when a number is out of range.
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const name = 'exponentialDecay';
  const { initialRate, decaySteps, decayRate, staircase = false } = options;
  requireAtLeastZero(name, 'initialRate', initialRate);
  requireSteps(name, 'decaySteps', decaySteps);
  if (!(decayRate > 0 && decayRate <= 1)) {
    throw outOfRange(name, 'decayRate', decayRate, 'a number in (0, 1]');
  }
  return (step) => {
    const times = div(sub(step, 1), decaySteps);
    return mul(pow(decayRate, staircase ? floor(times) : times), initialRate);
  };
}

/** Options of `linearDecay`. */
export interface LinearDecayOptions {
  readonly initialRate: number;
  /** Rate after `decaySteps` updates; default 0. */
  readonly endRate?: number;
  readonly decaySteps: number;
}

/**
 * Returns a rate that goes from the first to the last in a straight line, and stays there. Keras `PolynomialDecay` with power 1.
 *
 * @throws {AttributeError} `OPTION_RANGE` when a number is out of range.
 */
export function linearDecay(options: LinearDecayOptions): Schedule {
  const name = 'linearDecay';
  const { initialRate, endRate = 0, decaySteps } = options;
  requireAtLeastZero(name, 'initialRate', initialRate);
  requireAtLeastZero(name, 'endRate', endRate);
  requireSteps(name, 'decaySteps', decaySteps);
  return (step) => {
    const share = min(div(sub(step, 1), decaySteps), 1);
    return add(mul(share, endRate - initialRate), initialRate);
  };
}

/** Options of `cosineDecay`. */
export interface CosineDecayOptions {
  /** Rate of the first update; with a warm-up it rises from here. */
  readonly initialRate: number;
  /** Updates, after the warm-up, until the rate is at its least. */
  readonly decaySteps: number;
  /** The least rate, as a share of that where the decay begins; default 0. */
  readonly alpha?: number;
  /** Updates in which the rate rises to `warmupTarget` in a straight line; default none. */
  readonly warmupSteps?: number;
  /** Where the warm-up ends and the decay begins; needed with `warmupSteps`. */
  readonly warmupTarget?: number;
}

/**
 * Returns a rate that falls along half a wave of the cosine, after a warm-up where there is one. Keras `CosineDecay`; Loshchilov and
 * Hutter 2017.
 *
 * @throws {AttributeError} `OPTION_RANGE` when a number is out of range, or only one of the warm-up's two is given.
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const name = 'cosineDecay';
  const { initialRate, decaySteps, alpha = 0, warmupSteps = 0, warmupTarget } = options;
  requireAtLeastZero(name, 'initialRate', initialRate);
  requireSteps(name, 'decaySteps', decaySteps);
  requireAtLeastZero(name, 'alpha', alpha);
  requireAtLeastZero(name, 'warmupSteps', warmupSteps);
  if (warmupSteps > 0 !== (warmupTarget !== undefined)) {
    throw outOfRange(name, 'warmupTarget', warmupTarget, 'warmupSteps and warmupTarget together');
  }
  const top = warmupTarget ?? initialRate;
  requireAtLeastZero(name, 'warmupTarget', top);
  return (step) => {
    const done = sub(step, 1);
    const share = min(div(sub(done, warmupSteps), decaySteps), 1);
    const wave = mul(add(cos(mul(share, Math.PI)), 1), (top * (1 - alpha)) / 2);
    const falling = add(wave, top * alpha);
    if (warmupSteps === 0) return falling;
    const rising = add(mul(div(done, warmupSteps), top - initialRate), initialRate);
    return where(lesser(done, warmupSteps), rising, falling);
  };
}

/** Options of `piecewiseConstantDecay`. */
export interface PiecewiseConstantDecayOptions {
  /** Updates done up to which, inclusive, each rate holds, ascending. */
  readonly boundaries: readonly number[];
  /** Rates, one more than boundaries. */
  readonly rates: readonly number[];
}

/**
 * Returns a rate that jumps. Keras `PiecewiseConstantDecay`.
 *
 * @throws {AttributeError} `OPTION_RANGE` when the boundaries do not ascend, a rate is negative, or there is not one rate more than
 * boundaries.
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  const name = 'piecewiseConstantDecay';
  const { boundaries, rates } = options;
  for (const rate of rates) requireAtLeastZero(name, 'rates', rate);
  const ascends = boundaries.every((bound, at) => bound > (boundaries[at - 1] ?? -1));
  if (!ascends)
    throw outOfRange(name, 'boundaries', `[${boundaries}]`, 'ascending numbers from 0 on');
  const [first] = rates;
  if (first === undefined || rates.length !== boundaries.length + 1) {
    throw outOfRange(
      name,
      'rates',
      `[${rates}]`,
      `${boundaries.length + 1} rates for ${boundaries.length} boundaries`,
    );
  }
  return (step) => {
    const done = sub(step, 1);
    return boundaries.reduce<Tensor>(
      (rate, bound, at) => where(greater(done, bound), rates[at + 1] ?? 0, rate),
      filled(done, first),
    );
  };
}
