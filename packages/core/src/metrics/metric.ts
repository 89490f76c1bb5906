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
  /** Whether less or more is better, where it is known: early stopping goes by it. */
  readonly direction?: 'min' | 'max';
  /** Turns the mean over everything into what is reported; default the mean itself. */
  finish?(mean: number): number;
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
  /**
   * Name of a bool target with an element for each value that the metric is the mean of: those where it is false do not count. For
   * sequences of different lengths.
   */
  readonly mask?: string;
}
