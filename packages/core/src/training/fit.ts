import type { RandomKey } from '@etalon/compiler';
import { foldIn, foldInString, permutation } from '@etalon/compiler';
import type { AbortSignalLike } from '@etalon/spec';
import { DataError, TrainingError } from '@etalon/spec';
import type { PlacedBatch } from './batches.ts';
import { batchCount, epochBatches } from './batches.ts';
import { throwIfAborted } from './check-options.ts';
import type { TrainingPosition } from './checkpoint.ts';
import type { Examples } from './dataset.ts';
import { isIndexed } from './dataset.ts';
import type { Stopping } from './early-stopping.ts';
import type { Callbacks, EpochResult } from './events.ts';
import type { Pace } from './pace.ts';
import type { Logs, MeanSums, Reported } from './running-means.ts';
import { addReport, emptySums, meansOf } from './running-means.ts';

/** What the loop needs of the trainer it runs for. */
export interface FitHost<M extends string> {
  /** Begins messages: `fit of "digits"`. */
  readonly where: string;
  readonly metrics: readonly Reported<M>[];
  readonly key: RandomKey;
  readonly position: TrainingPosition;
  /** Moves on; called after each call of the backend and each epoch. */
  advance(position: TrainingPosition): void;
  /** Trains on some batches in one call and returns a row of numbers for each. */
  train(batches: readonly PlacedBatch[]): Promise<readonly ArrayLike<number>[]>;
  validate(examples: Examples): Promise<Logs<M>>;
  /** Remembers variables and position, to return to when the loss is no number. */
  remember(): Promise<void>;
  /** Returns to what was remembered last. */
  recall(): Promise<void>;
  /** Remembers the state as the best yet. */
  keepBest(): Promise<void>;
  /** Returns to the best state; the position stays. */
  restoreBest(): Promise<void>;
}

/** Resolved choices of one `fit`. */
export interface FitPlan<M extends string> extends Callbacks<M> {
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly validation: Examples | undefined;
  /** How many steps a call makes. */
  readonly pace: Pace;
  readonly signal: AbortSignalLike | undefined;
  readonly stopping: Stopping | undefined;
}

/** Runs the epochs that are left. */
export async function runEpochs<M extends string>(
  host: FitHost<M>,
  examples: Examples,
  plan: FitPlan<M>,
): Promise<readonly EpochResult<M>[]> {
  const results: EpochResult<M>[] = [];
  let steps = batchCount(examples, plan.batchSize);
  const { stopping } = plan;
  for (let epoch = host.position.epoch; epoch < plan.epochs; epoch++) {
    // A checkpoint may be of the moment at which it ended.
    if (stopping?.isOver === true) break;
    await plan.onEpochBegin?.(epoch);
    await host.remember();
    const { sums, seconds, examplesPerSecond } = await runEpoch(host, examples, plan, {
      epoch,
      steps,
    });
    // A stream tells its length only by ending.
    steps ??= host.position.batch;
    const validation = plan.validation && (await host.validate(plan.validation));
    const logs = meansOf(sums, host.metrics);
    const result = { epoch, logs, validation, seconds, examplesPerSecond };
    results.push(result);
    const isBest = stopping?.observe(result) === true;
    // Before the position moves on: a checkpoint of this moment observes the epoch again.
    if (isBest && stopping?.restoresBest === true) await host.keepBest();
    const { iteration, epochsDone } = host.position;
    host.advance({
      iteration,
      epochsDone: epochsDone + 1,
      epoch: epoch + 1,
      batch: 0,
      sums: emptySums(host.metrics.length),
      ...(stopping && { stopping: stopping.progress }),
    });
    if ((await plan.onEpochEnd?.(result)) === 'stop') break;
  }
  if (stopping?.restoresBest === true) await host.restoreBest();
  return results;
}

interface EpochOutcome {
  readonly sums: MeanSums;
  readonly seconds: number;
  readonly examplesPerSecond: number;
}

async function runEpoch<M extends string>(
  host: FitHost<M>,
  examples: Examples,
  plan: FitPlan<M>,
  { epoch, steps }: { readonly epoch: number; readonly steps: number | undefined },
): Promise<EpochOutcome> {
  const { batch: firstBatch, sums: firstSums } = host.position;
  const began = Date.now();
  const pace = (): Pick<EpochOutcome, 'seconds' | 'examplesPerSecond'> => {
    const seconds = (Date.now() - began) / 1000;
    const done = host.position.sums.examples - firstSums.examples;
    // The clock counts milliseconds; a first step may take less than one.
    return { seconds, examplesPerSecond: done / Math.max(seconds, 1e-3) };
  };

  const call = async (batches: readonly PlacedBatch[]): Promise<void> => {
    throwIfAborted(host.where, plan.signal, `step ${host.position.batch} of epoch ${epoch}`);
    const called = Date.now();
    const reports = await host.train(batches);
    plan.pace.record(batches.length, Date.now() - called);
    await requireFinite(host, reports, epoch);
    const { iteration, batch, sums: before, ...position } = host.position;
    const sums = reports.reduce<MeanSums>(
      (sum, report, index) => addReport(sum, report, batches[index]?.size ?? 0),
      before,
    );
    const step = batch + batches.length;
    host.advance({ ...position, iteration: iteration + batches.length, batch: step, sums });
    if (plan.onProgress === undefined) return;
    const { seconds, examplesPerSecond } = pace();
    await plan.onProgress({
      epoch,
      epochs: plan.epochs,
      step,
      steps,
      iteration: iteration + batches.length,
      examples: sums.examples,
      logs: meansOf(sums, host.metrics),
      examplesPerSecond,
      secondsLeft:
        steps === undefined
          ? undefined
          : (seconds / (step - firstBatch)) * (steps * (plan.epochs - epoch) - step),
    });
  };

  let pending: PlacedBatch[] = [];
  const flush = async (): Promise<void> => {
    const batches = pending;
    pending = [];
    if (batches.length > 0) await call(batches);
  };

  const options = {
    batchSize: plan.batchSize,
    skip: firstBatch,
    ...shuffling(host, examples, plan),
  };
  for await (const batch of epochBatches(examples, options)) {
    // Batches of one call share a size.
    if (pending.length > 0 && pending[0]?.size !== batch.size) await flush();
    pending.push(batch);
    if (pending.length >= plan.pace.steps) await flush();
  }
  await flush();
  const { sums } = host.position;
  if (sums.examples === 0) {
    throw new DataError('EXAMPLES_NONE', `${host.where}: there are no examples, got 0.`);
  }
  return { sums, ...pace() };
}

function shuffling<M extends string>(
  host: FitHost<M>,
  examples: Examples,
  plan: FitPlan<M>,
): { readonly order?: Uint32Array } {
  if (!plan.shuffle || !isIndexed(examples)) return {};
  const key = foldIn(foldInString(host.key, 'shuffle'), host.position.epochsDone);
  return { order: permutation(key, examples.size) };
}

async function requireFinite<M extends string>(
  host: FitHost<M>,
  reports: readonly ArrayLike<number>[],
  epoch: number,
): Promise<void> {
  const bad = reports.findIndex((report) => !Number.isFinite(report[0]));
  if (bad < 0) return;
  const loss = reports[bad]?.[0];
  const step = host.position.batch + bad;
  await host.recall();
  throw new TrainingError(
    'TRAINING_NOT_FINITE',
    `${host.where}: the loss must be a finite number, got ${loss} at step ${step} of epoch ${epoch}. The trainer is back at step ${host.position.batch} of this epoch.\nFix: lower the learning rate, check the data for NaN, or keep the loss on logits.`,
    { details: { epoch, step, loss } },
  );
}
