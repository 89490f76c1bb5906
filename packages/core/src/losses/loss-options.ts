import type { Tensor } from '@etalon/compiler';
import { reduceMean, reduceSum } from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';

/** What becomes of the values of single elements: their mean, their sum, or themselves. */
export type LossReduction = 'mean' | 'sum' | 'none';

/** What every loss can be told. */
export interface LossOptions {
  /** Default `mean`. */
  readonly reduction?: LossReduction;
}

/** Options of cross entropies over classes. */
export interface CrossEntropyOptions extends LossOptions {
  /**
   * Share of every target that is spread evenly over all classes, in `[0, 1]`; default 0. Szegedy et al. 2016,
   * section 7.
   */
  readonly labelSmoothing?: number;
}

const reductions: {
  readonly [K in LossReduction]: (values: Tensor) => Tensor;
} = {
  mean: (values) => reduceMean(values),
  sum: (values) => reduceSum(values),
  none: (values) => values,
};

/**
 * Reduces a loss's values.
 *
 * @throws {AttributeError} `OPTION_REDUCTION` for an unknown reduction.
 */
export function reduceLoss(
  where: string,
  values: Tensor,
  { reduction = 'mean' }: LossOptions,
): Tensor {
  if (Object.hasOwn(reductions, reduction)) return reductions[reduction](values);
  throw new AttributeError(
    'OPTION_REDUCTION',
    `${where}: there is no reduction ${JSON.stringify(reduction)}.\nExpected one of ${JSON.stringify(Object.keys(reductions))}.`,
    { details: { option: 'reduction', value: reduction } },
  );
}

/**
 * Checks a number among the options of a loss.
 *
 * @throws {AttributeError} `OPTION_RANGE` unless it is finite and in the range.
 */
export function requireLossOption(
  where: string,
  option: string,
  value: number,
  isInRange: (value: number) => boolean,
  range: string,
): void {
  if (Number.isFinite(value) && isInRange(value)) return;
  throw new AttributeError(
    'OPTION_RANGE',
    `${where}: ${option} is out of range, got ${String(value)}.\nExpected a number ${range}.`,
    { details: { option, value } },
  );
}
