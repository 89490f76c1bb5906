import type { AbortSignalLike } from '@etalon/spec';
import { AttributeError, TrainingError } from '@etalon/spec';

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
