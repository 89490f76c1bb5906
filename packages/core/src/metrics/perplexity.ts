import { sparseCategoricalCrossEntropy } from '../losses/cross-entropy.ts';
import { createMetric } from './create-metric.ts';
import type { Metric, MetricOptions } from './metric.ts';
import { requireClassAxis, requireDType, requireShape } from './operands.ts';

/**
 * Returns a metric: the exponential of the mean cross entropy of class indices, which is the number of equally likely classes that
 * would be as hard to guess. The mean is over everything measured, not of batches. KerasHub `Perplexity`.
 *
 * @param outputName - float32 output of logits, `[…, classes]`.
 * @param targetName - int32 target `[…]`.
 * @throws {DataError} (when computed) `METRIC_NAME_UNKNOWN` for a name that does not exist.
 * @throws {DTypeError} (when computed) `DTYPE_METRIC`.
 * @throws {ShapeError} (when computed) `SHAPE_METRIC`; `SHAPE_LOSS_CLASSES` when the number of classes is not fixed.
 */
export function perplexity(
  outputName: string,
  targetName: string,
  { name = 'perplexity', mask }: MetricOptions = {},
): Metric {
  const traits = { name, mask, direction: 'min', finish: Math.exp } as const;
  return createMetric(traits, outputName, targetName, (where, output, target) => {
    requireDType(where, output, 'float32');
    requireDType(where, target, 'int32');
    requireClassAxis(where, output);
    requireShape(where, output, target, output.tensor.shape.slice(0, -1));
    return sparseCategoricalCrossEntropy(output.tensor, target.tensor, { reduction: 'none' });
  });
}
