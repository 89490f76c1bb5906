import type { StoppingOutcome } from './early-stopping.ts';
import type { Logs } from './running-means.ts';

/** State of a running `fit`, after each call of the backend. */
export interface FitProgress<M extends string = string> {
  /** From 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch. */
  readonly step: number;
  /** Steps in an epoch; `undefined` for a stream in its first epoch. */
  readonly steps: number | undefined;
  /** Steps done since the trainer was made. */
  readonly iteration: number;
  /** Examples seen in this epoch. */
  readonly examples: number;
  /** Means over this epoch so far. */
  readonly logs: Logs<M>;
  readonly examplesPerSecond: number;
  /** Until the end of the last epoch, validation not counted; `undefined` where it cannot be told. */
  readonly secondsLeft: number | undefined;
}

/** Result of one epoch. */
export interface EpochResult<M extends string = string> {
  /** From 0. */
  readonly epoch: number;
  /** Means over the epoch's training batches, taken while parameters were changing. */
  readonly logs: Logs<M>;
  /** Means over the validation examples after the epoch. */
  readonly validation: Logs<M> | undefined;
  /** Wall time of the epoch's training, validation not counted. */
  readonly seconds: number;
  readonly examplesPerSecond: number;
}

/** What `fit` returns. */
export interface History<M extends string = string> extends Partial<StoppingOutcome> {
  readonly epochs: readonly EpochResult<M>[];
}

/** Hooks of `fit`; all are awaited, and an error in one ends the run. */
export interface Callbacks<M extends string = string> {
  /** Before the first step of an epoch, counted from 0. */
  onEpochBegin?(epoch: number): void | Promise<void>;
  /** After each call of the backend, which is one step or several. */
  onProgress?(progress: FitProgress<M>): void | Promise<void>;
  /** Returns `'stop'` to end training after this epoch. */
  onEpochEnd?(result: EpochResult<M>): 'stop' | void | Promise<'stop' | undefined> | Promise<void>;
}
