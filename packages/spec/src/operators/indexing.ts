import type { Dimension } from '../dimension.ts';

/** Operators that look up by index, and shapes as values. */
export interface IndexingOperatorsV1 {
  /**
   * Slices of the first operand, along `axis`, at the int32 indices of the second: the result's shape is
   * the operand's with that axis replaced by the indices' shape. An index outside `[0, size)` is an
   * error where the host can see it and unspecified otherwise. WebNN `gather`.
   */
  readonly gather: { readonly axis: number };
  /**
   * Adjoint of `gather` along axis 0: sums the slices of `updates` (second operand, float32, shape
   * `indices.shape + rest`) into zeros of shape `[size] + rest` at the int32 `indices` (first
   * operand). Slices with equal indices add up.
   */
  readonly scatterAdd: { readonly size: Dimension };
  /** The size of a dimension as an int32 scalar. No operand. ONNX `Shape` + `Gather`. */
  readonly dimensionSize: { readonly dimension: Dimension };
}
