import type { Tensor } from '@etalon/compiler';
import {
  cast,
  div,
  formatType,
  max,
  mul,
  reduceMean,
  reduceSum,
  shapesEqual,
  where,
} from '@etalon/compiler';
import type { DType } from '@etalon/spec';
import { AttributeError, DTypeError, ShapeError } from '@etalon/spec';
import { requireTensor } from './loss-operands.ts';

/** What becomes of the values of single elements: their mean, their sum, or themselves. */
export type LossReduction = 'mean' | 'sum' | 'none';

/** What every loss can be told. */
export interface LossOptions {
  /** Default `mean`. */
  readonly reduction?: LossReduction;
  /**
   * float32, of the shape that the loss has with `reduction: 'none'`: multiplies each value. The mean still divides by the number
   * of values, not by the sum of the weights. Keras `sample_weight`.
   */
  readonly sampleWeight?: Tensor;
  /**
   * bool, of the same shape: values where it is false are 0, and the mean is over the others alone; 0 when there are none. For
   * sequences of different lengths. Where a label is padded, any class will do; predictions must be finite there too, or their
   * gradients are not.
   */
  readonly mask?: Tensor;
}

/** Options of cross entropies. */
export interface CrossEntropyOptions extends LossOptions {
  /**
   * Share of every target that is spread evenly over all classes, in `[0, 1]`; default 0. Szegedy et al. 2016,
   * section 7.
   */
  readonly labelSmoothing?: number;
}

const reductions: {
  readonly [K in LossReduction]: (values: Tensor, mask: Tensor | undefined) => Tensor;
} = {
  mean: (values, mask) => {
    if (mask === undefined) return reduceMean(values);
    // At least 1, where everything is masked: a mean of nothing would be no number, and so would the gradients.
    return div(reduceSum(values), max(reduceSum(cast(mask, 'float32')), 1));
  },
  sum: (values) => reduceSum(values),
  none: (values) => values,
};

/**
 * Weighs, masks and reduces a loss's values.
 *
 * @throws {AttributeError} `OPTION_REDUCTION` for an unknown reduction.
 * @throws {DataError} `LOSS_OPERAND`, {DTypeError} `DTYPE_LOSS` or {ShapeError} `SHAPE_LOSS` for weights or a mask that do not fit.
 */
export function reduceLoss(
  loss: string,
  values: Tensor,
  { reduction = 'mean', sampleWeight, mask }: LossOptions,
): Tensor {
  if (Object.hasOwn(reductions, reduction)) {
    if (sampleWeight !== undefined) {
      requireLike(loss, 'sampleWeight', sampleWeight, 'float32', values);
    }
    const weighed = sampleWeight === undefined ? values : mul(values, sampleWeight);
    if (mask === undefined) return reductions[reduction](weighed, mask);
    requireLike(loss, 'mask', mask, 'bool', values);
    // chosen, not multiplied: 0·NaN is not 0
    return reductions[reduction](where(mask, weighed, 0), mask);
  }
  throw new AttributeError(
    'OPTION_REDUCTION',
    `${loss}: there is no reduction ${JSON.stringify(reduction)}.\nExpected one of ${JSON.stringify(Object.keys(reductions))}.`,
    { details: { option: 'reduction', value: reduction } },
  );
}

function requireLike(
  loss: string,
  operand: string,
  value: Tensor,
  dtype: DType,
  values: Tensor,
): void {
  requireTensor(loss, operand, value);
  const details = { operand, received: formatType(value) };
  if (value.dtype !== dtype) {
    throw new DTypeError(
      'DTYPE_LOSS',
      `${loss}: ${operand} must be ${dtype}, got ${formatType(value)}.\nFix: cast(${operand}, '${dtype}').`,
      { details },
    );
  }
  if (shapesEqual(value.shape, values.shape)) return;
  throw new ShapeError(
    'SHAPE_LOSS',
    `${loss}: ${operand} must have one element for each value of the loss, got ${formatType(value)} for ${formatType(values)}.\nFix: reshape() it, then broadcastTo() the shape of the values.`,
    { details },
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

/**
 * Returns the label smoothing of a cross entropy.
 *
 * @throws {AttributeError} `OPTION_RANGE` unless it is in `[0, 1]`.
 */
export function smoothingOf(loss: string, { labelSmoothing = 0 }: CrossEntropyOptions): number {
  requireLossOption(loss, 'labelSmoothing', labelSmoothing, (s) => s >= 0 && s <= 1, 'in [0, 1]');
  return labelSmoothing;
}
