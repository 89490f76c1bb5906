import type { Tensor } from '@etalon/compiler';
import { add, scan } from '@etalon/compiler';

/** Carries a tensor and stacks it. */
export function same(tensor: Tensor): { readonly carried: Tensor; readonly stacked: Tensor } {
  return { carried: tensor, stacked: tensor };
}

/** Running totals of the rows of `x`, from `start` on. */
export function totals(start: Tensor, x: Tensor, reverse = false): Tensor {
  const options = { carried: start, stacked: x, reverse };
  return scan((total: Tensor, row: Tensor) => same(add(total, row)), options).stacked;
}
