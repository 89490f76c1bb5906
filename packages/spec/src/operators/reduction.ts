/** Axes of a reduction. */
export interface ReductionAttributes {
  /** Sorted, non-negative, without repetition. An empty list reduces nothing. */
  readonly axes: readonly number[];
  /** Whether reduced axes stay with size 1. */
  readonly keepDims: boolean;
}

/** Axis of a search. */
export interface ArgumentAttributes {
  /** Non-negative. */
  readonly axis: number;
  /** Whether the searched axis stays with size 1. */
  readonly keepDims: boolean;
}

/** Operators that reduce axes. NaN among the reduced elements gives NaN. */
export interface ReductionOperatorsV1 {
  /** Sum, float32 or int32; 0 over no elements. WebNN `reduceSum`. */
  readonly reduceSum: ReductionAttributes;
  /** Arithmetic mean, float32 only; NaN over no elements. WebNN `reduceMean`. */
  readonly reduceMean: ReductionAttributes;
  /** Largest element; -∞ (int32: the minimum) over no elements. WebNN `reduceMax`. */
  readonly reduceMax: ReductionAttributes;
  /** Smallest element; +∞ (int32: the maximum) over no elements. WebNN `reduceMin`. */
  readonly reduceMin: ReductionAttributes;
  /**
   * Index of the first largest element, as int32; a NaN counts as the largest. An axis of size 0
   * is an error. WebNN `argMax`, whose tie is left open.
   */
  readonly argMax: ArgumentAttributes;
  /** Index of the first smallest element, as int32; a NaN counts as the smallest. WebNN `argMin`. */
  readonly argMin: ArgumentAttributes;
}
