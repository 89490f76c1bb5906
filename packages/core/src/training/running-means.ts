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

/** Returns the means. */
export function meansOf<M extends string>(sums: MeanSums, metrics: readonly M[]): Logs<M> {
  const entries = metrics.map((name, metric): [string, number] => [
    name,
    (sums.totals[metric] ?? 0) / (sums.counts[metric] ?? 0),
  ]);
  return Object.fromEntries([['loss', sums.loss / sums.examples], ...entries]) as Logs<M>;
}
