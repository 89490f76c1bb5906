import { AttributeError } from '@etalon/spec';
import type { EpochResult } from './events.ts';

/** When `fit` ends because a result no longer improves. Keras `EarlyStopping`. */
export interface EarlyStopping<M extends string = string> {
  /** `loss` or a metric: of the validation where there is one, else of training. Default `loss`. */
  readonly monitor?: M | 'loss';
  /** Epochs in a row without improvement after which training ends; default 0, which like 1 ends at the first one. */
  readonly patience?: number;
  /** Change that counts as an improvement only when it is larger; default 0. */
  readonly minDelta?: number;
  /** Whether less or more is better; default `min` for `loss`, else `max`. */
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

/** Watches results of epochs. */
export interface Stopping {
  readonly restoresBest: boolean;
  /** Takes the result of an epoch and tells whether it is the best yet, and whether to end. */
  observe(result: EpochResult): { readonly isBest: boolean; readonly ends: boolean };
  outcome(): StoppingOutcome;
}

/**
 * Begins to watch a run.
 *
 * @throws {AttributeError} `OPTION_MONITOR` when there is no such metric, `OPTION_RANGE` for numbers out of range.
 */
export function stoppingOf(
  where: string,
  { earlyStopping }: { readonly earlyStopping?: EarlyStopping },
  metrics: readonly string[],
): Stopping | undefined {
  if (earlyStopping === undefined) return undefined;
  const { monitor = 'loss', patience = 0, minDelta = 0, restoreBest = false } = earlyStopping;
  const { mode = monitor === 'loss' ? 'min' : 'max' } = earlyStopping;
  if (monitor !== 'loss' && !metrics.includes(monitor)) {
    throw new AttributeError(
      'OPTION_MONITOR',
      `${where} › earlyStopping: there is no such result to monitor, got ${JSON.stringify(monitor)}.\nExpected one of ${JSON.stringify(['loss', ...metrics])}.`,
    );
  }
  requireAtLeast(where, 'patience', patience, Number.isSafeInteger(patience));
  requireAtLeast(where, 'minDelta', minDelta, Number.isFinite(minDelta));
  let best = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  let bestEpoch: number | undefined;
  let waited = 0;
  let stoppedEarly = false;
  return {
    restoresBest: restoreBest,
    observe: ({ epoch, logs, validation }) => {
      const value = (validation ?? logs)[monitor] ?? Number.NaN;
      // A result that is no number improves on nothing.
      const isBest = mode === 'min' ? value < best - minDelta : value > best + minDelta;
      if (isBest) {
        best = value;
        bestEpoch = epoch;
        waited = 0;
        return { isBest, ends: false };
      }
      waited++;
      stoppedEarly = waited >= Math.max(1, patience);
      return { isBest, ends: stoppedEarly };
    },
    outcome: () => ({ bestEpoch, stoppedEarly }),
  };
}

function requireAtLeast(where: string, option: string, value: number, isNumber: boolean): void {
  if (isNumber && value >= 0) return;
  throw new AttributeError(
    'OPTION_RANGE',
    `${where} › earlyStopping: ${option} is out of range, got ${value}.\nExpected a number of at least 0.`,
  );
}
