import type { Metric } from '../metrics/metric.ts';

/** Means over the examples of an epoch so far: the loss and each metric by name. */
export type Logs<M extends string = string> = Readonly<Record<'loss' | M, number>>;

/** Sums behind the means; plain data, so that a checkpoint can carry an unfinished epoch. */
export interface MeanSums {
  readonly examples: number;
  readonly loss: number;
  readonly totals: readonly number[];
  readonly counts: readonly number[];
}

/** Sums of no example. */
export function emptySums(numMetrics: number): MeanSums {
  const zeros = Array.from({ length: numMetrics }, () => 0);
  return { examples: 0, loss: 0, totals: zeros, counts: zeros };
}

/**
 * Adds one step's report: the mean loss of its examples, then total and count of each metric.
 */
export function addReport(sums: MeanSums, report: ArrayLike<number>, examples: number): MeanSums {
  return {
    examples: sums.examples + examples,
    loss: sums.loss + (report[0] ?? 0) * examples,
    totals: sums.totals.map((total, metric) => total + (report[1 + 2 * metric] ?? 0)),
    counts: sums.counts.map((count, metric) => count + (report[2 + 2 * metric] ?? 0)),
  };
}

/** A metric as results tell it. */
export interface Reported<M extends string = string> extends Pick<Metric, 'direction' | 'finish'> {
  /** In results; that of the metric itself is for messages. */
  readonly name: M;
}

/** Returns metrics as results tell them, in their order. */
export function reportedMetrics<M extends string>(
  metrics: Readonly<Record<string, Metric>>,
): readonly Reported<M>[] {
  return Object.entries(metrics).map(([name, metric]) => ({
    ...(metric.direction && { direction: metric.direction }),
    finish: (mean) => metric.finish?.(mean) ?? mean,
    name: name as M,
  }));
}

/** Returns the means, finished. */
export function meansOf<M extends string>(
  sums: MeanSums,
  metrics: readonly Reported<M>[],
): Logs<M> {
  const entries = metrics.map(({ name, finish }, metric): [string, number] => {
    const mean = (sums.totals[metric] ?? 0) / (sums.counts[metric] ?? 0);
    return [name, finish?.(mean) ?? mean];
  });
  return Object.fromEntries([['loss', sums.loss / sums.examples], ...entries]) as Logs<M>;
}
