import { argMax, cast, equal, greater } from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';
import { createMetric } from './create-metric.ts';
import type { Metric, MetricOptions } from './metric.ts';
import { requireClassAxis, requireDType, requireShape } from './operands.ts';

/** Options of `binaryAccuracy`. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** Logit above which the answer is yes; default 0, a probability of one half. */
  readonly threshold?: number;
}

/**
 * Returns a metric: the share of examples whose largest logit is the label's. Keras
 * `SparseCategoricalAccuracy`.
 *
 * @param outputName - float32 output `[…, classes]`; logits or probabilities.
 * @param targetName - int32 target `[…]`.
 * @throws {DataError} (when computed) `METRIC_NAME_UNKNOWN` for a name that does not exist.
 * @throws {DTypeError} (when computed) `DTYPE_METRIC`.
 * @throws {ShapeError} (when computed) `SHAPE_METRIC`.
 */
export function sparseCategoricalAccuracy(
  outputName: string,
  targetName: string,
  { name = 'sparseCategoricalAccuracy', mask }: MetricOptions = {},
): Metric {
  return createMetric(
    { name, mask, direction: 'max' },
    outputName,
    targetName,
    (where, output, target) => {
      requireDType(where, output, 'float32');
      requireDType(where, target, 'int32');
      requireClassAxis(where, output);
      requireShape(where, output, target, output.tensor.shape.slice(0, -1));
      return cast(equal(argMax(output.tensor), target.tensor), 'float32');
    },
  );
}

/**
 * Returns a metric: the share of examples whose largest logit is at the target's largest element. Keras
 * `CategoricalAccuracy`. Errors as for {@link sparseCategoricalAccuracy}.
 *
 * @param outputName - float32 output `[…, classes]`; logits or probabilities.
 * @param targetName - float32 target of the same shape, such as one-hot rows.
 */
export function categoricalAccuracy(
  outputName: string,
  targetName: string,
  { name = 'categoricalAccuracy', mask }: MetricOptions = {},
): Metric {
  return createMetric(
    { name, mask, direction: 'max' },
    outputName,
    targetName,
    (where, output, target) => {
      requireDType(where, output, 'float32');
      requireDType(where, target, 'float32');
      requireClassAxis(where, output);
      requireShape(where, output, target, output.tensor.shape);
      return cast(equal(argMax(output.tensor), argMax(target.tensor)), 'float32');
    },
  );
}

/**
 * Returns a metric: the share of elements where `logit > threshold` agrees with `target > 1/2`. Keras
 * `BinaryAccuracy`, but on logits. Errors as for {@link sparseCategoricalAccuracy}.
 *
 * @param outputName - float32 output of any shape.
 * @param targetName - float32 target of the same shape, 0 or 1.
 * @throws {AttributeError} `OPTION_RANGE` when the threshold is not finite.
 */
export function binaryAccuracy(
  outputName: string,
  targetName: string,
  { name = 'binaryAccuracy', mask, threshold = 0 }: BinaryAccuracyOptions = {},
): Metric {
  if (!Number.isFinite(threshold)) {
    throw new AttributeError(
      'OPTION_RANGE',
      `metric "${name}": threshold is out of range, got ${String(threshold)}.\nExpected a finite number.`,
      { details: { option: 'threshold', value: threshold } },
    );
  }
  return createMetric(
    { name, mask, direction: 'max' },
    outputName,
    targetName,
    (where, output, target) => {
      requireDType(where, output, 'float32');
      requireDType(where, target, 'float32');
      requireShape(where, output, target, output.tensor.shape);
      const answer = greater(output.tensor, threshold);
      return cast(equal(answer, greater(target.tensor, 0.5)), 'float32');
    },
  );
}
