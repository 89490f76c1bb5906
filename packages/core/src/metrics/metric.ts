import type { Tensor } from '@etalon/compiler';

/** Sum of a measure and how much it was summed over, both float32 scalars. */
export interface MetricSums {
  readonly total: Tensor;
  readonly count: Tensor;
}

/** A measure of a model's outputs: totals and counts are summed over batches, then divided. */
export interface Metric {
  /** Names the metric in messages and in the program. */
  readonly name: string;
  /**
   * Adds the nodes that measure one batch.
   *
   * @param outputs - the model's outputs by name.
   * @param targets - the data set's targets by name.
   */
  compute(
    outputs: Readonly<Record<string, Tensor>>,
    targets: Readonly<Record<string, Tensor>>,
  ): MetricSums;
}

/** What every metric can be told. */
export interface MetricOptions {
  /** Default the name of the function. */
  readonly name?: string;
}
