import type { ReductionOperatorsV1 } from '@etalon/spec';
import type { Tensor } from '../tracing/tensor.ts';
import { resolveAxes, resolveAxis } from './axes.ts';
import { emit } from './emit.ts';

/** Options of a reduction. */
export interface ReductionOptions {
  /** Axes to reduce, negative ones from the end; default all. */
  readonly axes?: readonly number[] | number;
  /** Whether reduced axes stay with size 1; default false. */
  readonly keepDims?: boolean;
}

/** Options of a search. */
export interface ArgumentOptions {
  /** Axis to search, negative from the end; default the last. */
  readonly axis?: number;
  /** Whether the searched axis stays with size 1; default false. */
  readonly keepDims?: boolean;
}

function reduction(
  operator: Exclude<keyof ReductionOperatorsV1, 'argMax' | 'argMin'>,
): (x: Tensor, options?: ReductionOptions) => Tensor {
  return (x, { axes, keepDims = false } = {}) =>
    emit(operator, [x], { axes: resolveAxes(operator, axes, x), keepDims });
}

function search(operator: 'argMax' | 'argMin'): (x: Tensor, options?: ArgumentOptions) => Tensor {
  return (x, { axis = -1, keepDims = false } = {}) =>
    emit(operator, [x], { axis: resolveAxis(operator, axis, x), keepDims });
}

/** Returns the sum over axes. See {@link ReductionOperatorsV1.reduceSum}. */
export const reduceSum: (x: Tensor, options?: ReductionOptions) => Tensor = reduction('reduceSum');
/** Returns the mean over axes. See {@link ReductionOperatorsV1.reduceMean}. */
export const reduceMean: (x: Tensor, options?: ReductionOptions) => Tensor =
  reduction('reduceMean');
/** Returns the largest element over axes. See {@link ReductionOperatorsV1.reduceMax}. */
export const reduceMax: (x: Tensor, options?: ReductionOptions) => Tensor = reduction('reduceMax');
/** Returns the smallest element over axes. See {@link ReductionOperatorsV1.reduceMin}. */
export const reduceMin: (x: Tensor, options?: ReductionOptions) => Tensor = reduction('reduceMin');
/** Returns the index of the first largest element. See {@link ReductionOperatorsV1.argMax}. */
export const argMax: (x: Tensor, options?: ArgumentOptions) => Tensor = search('argMax');
/** Returns the index of the first smallest element. See {@link ReductionOperatorsV1.argMin}. */
export const argMin: (x: Tensor, options?: ArgumentOptions) => Tensor = search('argMin');
