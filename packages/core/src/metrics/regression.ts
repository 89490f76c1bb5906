import type { Tensor } from '@etalon/compiler';
import { abs, square, sub } from '@etalon/compiler';
import type { MetricTraits } from './create-metric.ts';
import { createMetric } from './create-metric.ts';
import type { Metric, MetricOptions } from './metric.ts';
import { requireDType, requireShape } from './operands.ts';

/**
 * Returns a metric: the mean of `(output - target)²` over all elements. Keras `MeanSquaredError`.
 *
 * @param outputName - float32 output of any shape.
 * @param targetName - float32 target of the same shape.
 * @throws {DataError} (when computed) `METRIC_NAME_UNKNOWN` for a name that does not exist.
 * @throws {DTypeError} (when computed) `DTYPE_METRIC`.
 * @throws {ShapeError} (when computed) `SHAPE_METRIC`.
 */
export function meanSquaredErrorMetric(
  outputName: string,
  targetName: string,
  { name = 'meanSquaredError', mask }: MetricOptions = {},
): Metric {
  return ofDifference({ name, mask }, outputName, targetName, square);
}

/**
 * Returns a metric: the mean of `|output - target|` over all elements. Keras `MeanAbsoluteError`. Operands and
 * errors as for {@link meanSquaredErrorMetric}.
 */
export function meanAbsoluteErrorMetric(
  outputName: string,
  targetName: string,
  { name = 'meanAbsoluteError', mask }: MetricOptions = {},
): Metric {
  return ofDifference({ name, mask }, outputName, targetName, abs);
}

function ofDifference(
  traits: Pick<MetricTraits, 'name' | 'mask'>,
  outputName: string,
  targetName: string,
  measure: (difference: Tensor) => Tensor,
): Metric {
  return createMetric(
    { ...traits, direction: 'min' },
    outputName,
    targetName,
    (where, output, target) => {
      requireDType(where, output, 'float32');
      requireDType(where, target, 'float32');
      requireShape(where, output, target, output.tensor.shape);
      return measure(sub(output.tensor, target.tensor));
    },
  );
}
