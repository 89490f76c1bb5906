import { add, cos, div, lesser, min, mul, sub, where } from '@etalon/compiler';
import { outOfRange, requireAtLeastZero, requireSteps } from './options.ts';
import type { Schedule } from './schedules.ts';

/** Options of `oneCycle`. */
export interface OneCycleOptions {
  /** The largest rate. */
  readonly peakRate: number;
  /** Updates of the whole cycle; the rate stays at its least afterwards. */
  readonly totalSteps: number;
  /** Share of the cycle in which the rate rises, in `(0, 1)`, to whole updates; default 0.3. */
  readonly warmupShare?: number;
  /** The first rate is the peak divided by this; default 25. */
  readonly initialDivisor?: number;
  /** The last rate is the first one divided by this; default 1e4. */
  readonly finalDivisor?: number;
}

/**
 * Returns a rate that rises to its peak and falls far below where it began, each along half a wave of the cosine. optax
 * `cosine_onecycle_schedule`; PyTorch `OneCycleLR` comes to the peak and to the end one update earlier.
 *
 * @throws {AttributeError} `OPTION_RANGE` when a number is out of range, or the rise has not one update.
 * @see Smith and Topin 2018, "Super-convergence: very fast training of neural networks using large learning rates"
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const name = 'oneCycle';
  const { peakRate, totalSteps, warmupShare = 0.3 } = options;
  const { initialDivisor = 25, finalDivisor = 1e4 } = options;
  requireAtLeastZero(name, 'peakRate', peakRate);
  requireSteps(name, 'totalSteps', totalSteps);
  requireSteps(name, 'initialDivisor', initialDivisor, 'a positive number');
  requireSteps(name, 'finalDivisor', finalDivisor, 'a positive number');
  const rising = Math.floor(warmupShare * totalSteps);
  if (!(rising >= 1 && rising < totalSteps)) {
    throw outOfRange(
      name,
      'warmupShare',
      warmupShare,
      `a share of at least one of the ${totalSteps} updates, and not all`,
    );
  }
  const first = peakRate / initialDivisor;
  const last = first / finalDivisor;
  return (step) => {
    const done = sub(step, 1);
    const isRising = lesser(done, rising);
    // Of the phase that is under way.
    const share = min(
      where(isRising, div(done, rising), div(sub(done, rising), totalSteps - rising)),
      1,
    );
    const wave = mul(sub(1, cos(mul(share, Math.PI))), 0.5);
    const up = add(mul(wave, peakRate - first), first);
    const down = add(mul(wave, last - peakRate), peakRate);
    return where(isRising, up, down);
  };
}
