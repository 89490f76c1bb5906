import type { NoAttributes } from './elementwise.ts';

/** Operators of linear algebra. */
export interface LinearAlgebraOperatorsV1 {
  /**
   * Matrix product `[…, m, k] × […, k, n] → […, m, n]`, float32; both operands have rank 2 or more and
   * the leading axes broadcast. An inner size of 0 gives zeros. WebNN `matmul`.
   */
  readonly matmul: NoAttributes;
}
