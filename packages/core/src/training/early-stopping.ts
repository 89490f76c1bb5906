import { AttributeError } from '@etalon/spec';
import type { EpochResult } from './events.ts';
import type { Reported } from './running-means.ts';

/** When `fit` ends because a result no longer improves. Keras `EarlyStopping`. */
export interface EarlyStopping<M extends string = string> {
  /** `loss` or a metric: of the validation where there is one, else of training. Default `loss`. */
  readonly monitor?: M | 'loss';
  /** Epochs in a row without improvement after which training ends; default 0, which like 1 ends at the first one. */
  readonly patience?: number;
  /** Change that counts as an improvement only when it is larger; default 0. */
  readonly minDelta?: number;
  /** Whether less or more is better; default `min` for `loss`, else as the metric's `direction` says. Needed where it has none. */
  readonly mode?: 'min' | 'max';
  /**
   * Whether the variables of the best epoch, and the optimizer's state, come back at the end, also where training ends for another
   * reason than this; not after an abort or an error. Default false.
   */
  readonly restoreBest?: boolean;
}

/** What early stopping found. */
export interface StoppingOutcome {
  /** Epoch with the best result, from 0; `undefined` when there was none. */
  readonly bestEpoch: number | undefined;
  /** Whether training ended because nothing improved. */
  readonly stoppedEarly: boolean;
}

/** What has been seen of a run that is not over; plain data, so that a checkpoint can carry it. */
export interface StoppingProgress {
  readonly monitor: string;
  readonly mode: 'min' | 'max';
  readonly restoresBest: boolean;
  /** Infinite before the first result. */
  readonly best: number;
  readonly bestEpoch: number | undefined;
  /** Epochs since the best. */
  readonly waited: number;
}

/** Watches results of epochs. */
export interface Stopping {
  readonly restoresBest: boolean;
  /** Whether nothing improved for long enough, perhaps before an interruption. */
  readonly isOver: boolean;
  readonly progress: StoppingProgress;
  /** Takes the result of an epoch and tells whether it is the best yet. */
  observe(result: EpochResult): boolean;
  outcome(): StoppingOutcome;
}

/**
 * Begins to watch a run, or goes on with one that was interrupted.
 *
 * @param earlier - what was seen before the interruption; passed over when it is of another monitor.
 * @throws {AttributeError} `OPTION_MONITOR` when there is no such metric, `OPTION_MODE` when it does not tell what is better and
 * `mode` neither, `OPTION_RANGE` for numbers out of range.
 */
export function stoppingOf(
  where: string,
  { earlyStopping }: { readonly earlyStopping?: EarlyStopping },
  metrics: readonly Reported[],
  earlier?: StoppingProgress,
): Stopping | undefined {
  if (earlyStopping === undefined) return undefined;
  const { monitor = 'loss', patience = 0, minDelta = 0 } = earlyStopping;
  // Also where `mode` is given: the result must exist.
  const direction = directionOf(where, monitor, metrics);
  const { mode = direction, restoreBest = false } = earlyStopping;
  if (mode !== 'min' && mode !== 'max') throw noMode(where, monitor, mode);
  requireAtLeast(where, 'patience', patience, Number.isSafeInteger(patience));
  requireAtLeast(where, 'minDelta', minDelta, Number.isFinite(minDelta));
  const best = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const first = { monitor, mode, restoresBest: restoreBest };
  return new Watch(
    earlier !== undefined && isSameWatch(earlier, first)
      ? earlier
      : { ...first, best, bestEpoch: undefined, waited: 0 },
    minDelta,
    Math.max(1, patience),
  );
}

/** Finds what is better, and that there is such a result at all. */
function directionOf(
  where: string,
  monitor: string,
  metrics: readonly Reported[],
): 'min' | 'max' | undefined {
  if (monitor === 'loss') return 'min';
  const metric = metrics.find(({ name }) => name === monitor);
  if (metric !== undefined) return metric.direction;
  const names = ['loss', ...metrics.map(({ name }) => name)];
  throw new AttributeError(
    'OPTION_MONITOR',
    `${where} › earlyStopping: there is no such result to monitor, got ${JSON.stringify(monitor)}.\nExpected one of ${JSON.stringify(names)}.`,
  );
}

function noMode(where: string, monitor: string, mode: unknown): AttributeError {
  return new AttributeError(
    'OPTION_MODE',
    `${where} › earlyStopping: mode must tell whether less or more of ${JSON.stringify(monitor)} is better, got ${String(mode)}.\nExpected "min" or "max".`,
  );
}

type WatchIdentity = Pick<StoppingProgress, 'monitor' | 'mode' | 'restoresBest'>;

function isSameWatch(one: WatchIdentity, other: WatchIdentity): boolean {
  return (
    one.monitor === other.monitor &&
    one.mode === other.mode &&
    // Else the best state was not kept, or is kept for nothing.
    one.restoresBest === other.restoresBest
  );
}

class Watch implements Stopping {
  readonly #minDelta: number;
  readonly #patience: number;
  #progress: StoppingProgress;

  constructor(progress: StoppingProgress, minDelta: number, patience: number) {
    this.#progress = progress;
    this.#minDelta = minDelta;
    this.#patience = patience;
  }

  get progress(): StoppingProgress {
    return this.#progress;
  }

  get restoresBest(): boolean {
    return this.#progress.restoresBest;
  }

  get isOver(): boolean {
    return this.#progress.waited >= this.#patience;
  }

  observe({ epoch, logs, validation }: EpochResult): boolean {
    const { monitor, mode, best, waited } = this.#progress;
    const value = (validation ?? logs)[monitor] ?? Number.NaN;
    // A result that is no number improves on nothing.
    const isBest = mode === 'min' ? value < best - this.#minDelta : value > best + this.#minDelta;
    this.#progress = isBest
      ? { ...this.#progress, best: value, bestEpoch: epoch, waited: 0 }
      : { ...this.#progress, waited: waited + 1 };
    return isBest;
  }

  outcome(): StoppingOutcome {
    return { bestEpoch: this.#progress.bestEpoch, stoppedEarly: this.isOver };
  }
}

function requireAtLeast(where: string, option: string, value: number, isNumber: boolean): void {
  if (isNumber && value >= 0) return;
  throw new AttributeError(
    'OPTION_RANGE',
    `${where} › earlyStopping: ${option} is out of range, got ${value}.\nExpected a number of at least 0.`,
  );
}
