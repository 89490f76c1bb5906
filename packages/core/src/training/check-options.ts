import type { AbortSignalLike } from '@etalon/spec';
import { AttributeError, TrainingError } from '@etalon/spec';
import { closestName } from '../metrics/closest-name.ts';
import type { TargetTypes } from './one-step.ts';
import type { FitOptions, Metrics, TrainerOptions } from './trainer.ts';

type Names<T> = { readonly [K in keyof Required<T>]: true };

/** Options that `fit` knows; one that is missing here does not compile. */
export const fitOptions: Names<FitOptions<string>> = {
  epochs: true,
  batchSize: true,
  shuffle: true,
  validation: true,
  stepsPerCall: true,
  earlyStopping: true,
  signal: true,
  onEpochBegin: true,
  onProgress: true,
  onEpochEnd: true,
};

/** Options that `createTrainer` knows. */
export const trainerOptions: Names<
  TrainerOptions<Readonly<Record<string, never>>, TargetTypes, Metrics>
> = {
  backend: true,
  seed: true,
  targets: true,
  loss: true,
  optimizer: true,
  trainable: true,
  transformGradients: true,
  metrics: true,
  variables: true,
};

/**
 * Checks the names of options, for callers without types: one that is misspelt would change nothing in silence.
 *
 * @throws {AttributeError} `OPTION_UNKNOWN`.
 */
export function requireKnownOptions(
  where: string,
  options: object,
  known: Readonly<Record<string, true>>,
): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const names = Object.keys(known);
  const closest = closestName(unknown, names);
  throw new AttributeError(
    'OPTION_UNKNOWN',
    `${where}: there is no such option, got ${JSON.stringify(unknown)}.\nExpected ${JSON.stringify(names)}.${closest === undefined ? '' : ` Fix: did you mean ${JSON.stringify(closest)}?`}`,
    { details: { option: unknown } },
  );
}

/**
 * Returns which parameters are trained.
 *
 * @throws {AttributeError} `OPTION_TRAINABLE` when none is.
 */
export function trainedPaths(
  where: string,
  parameters: readonly { readonly path: string }[],
  trainable: ((path: string) => boolean) | undefined,
): (path: string) => boolean {
  if (trainable === undefined) return () => true;
  const paths = parameters.map(({ path }) => path);
  const trained = new Set(paths.filter((path) => trainable(path)));
  if (trained.size === 0 && paths.length > 0) {
    throw new AttributeError(
      'OPTION_TRAINABLE',
      `${where}: some parameter must be trained, got a function that is true of none of ${JSON.stringify(paths.slice(0, 8))}.`,
    );
  }
  return (path) => trained.has(path);
}

/**
 * Checks options that count something.
 *
 * @throws {AttributeError} when one is not an integer of at least 1.
 */
export function requireCounts(where: string, options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && Number(value) >= 1) continue;
    throw new AttributeError(
      'OPTION_COUNT',
      `${where}: ${name} must be an integer of at least 1, got ${String(value)}.`,
      { details: { option: name, value } },
    );
  }
}

/**
 * Checks the names of metrics.
 *
 * @throws {AttributeError} when one is the name of the loss in results.
 */
export function requireMetricNames(where: string, names: readonly string[]): void {
  if (!names.includes('loss')) return;
  throw new AttributeError(
    'METRIC_NAME',
    `${where}: a metric must not have the name of the loss, got ${JSON.stringify(names)}.\nFix: give the metric "loss" another name.`,
  );
}

/**
 * Ends a run whose signal has been given.
 *
 * @param where - `fit of "digits"`.
 * @param before - what is not done any more: `step 7 of epoch 0`.
 * @throws {TrainingError} with the signal's reason as its cause.
 */
export function throwIfAborted(
  where: string,
  signal: AbortSignalLike | undefined,
  before: string,
): void {
  if (signal?.aborted !== true) return;
  throw new TrainingError(
    'TRAINING_ABORTED',
    `${where}: the run was aborted before ${before}.\nThe trainer stays usable; an interrupted fit() goes on here when it is called again.`,
    { cause: signal.reason },
  );
}
