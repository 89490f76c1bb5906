import type { Shape } from '../dimension.ts';
import type { NoAttributes } from './elementwise.ts';

/** Operators that move elements, of any dtype, without changing them. */
export interface MovementOperatorsV1 {
  /** The operand itself. WebNN `identity`. */
  readonly identity: NoAttributes;
  /** The same elements in row-major order under another shape of equal size. WebNN `reshape`. */
  readonly reshape: { readonly shape: Shape };
  /** Reordering of axes: axis `i` of the result is axis `permutation[i]` of the operand. WebNN `transpose`. */
  readonly transpose: { readonly permutation: readonly number[] };
  /** Broadcast to a shape that the operand's shape stretches to by NumPy's rule. WebNN `expand`. */
  readonly expand: { readonly shape: Shape };
  /** Operands joined along an axis; all other sizes are equal. WebNN `concat`. */
  readonly concat: { readonly axis: number };
  /**
   * Sub-tensor: on each axis `sizes[i]` elements from `starts[i]` on, `strides[i]` apart. WebNN `slice`.
   */
  readonly slice: {
    readonly starts: Shape;
    readonly sizes: Shape;
    /** At least 1. */
    readonly strides: readonly number[];
  };
  /** Constant border: `before[i]` and `after[i]` elements of `value` on axis `i`. WebNN `pad`. */
  readonly pad: {
    readonly before: Shape;
    readonly after: Shape;
    /** For a bool operand 0 or 1. */
    readonly value: number;
  };
}
