import type { Tensor } from '@etalon/compiler';
import { cast, constant, elementCountOf, nameScope, reduceSum, where } from '@etalon/compiler';
import { DataError } from '@etalon/spec';
import { closestName } from './closest-name.ts';
import type { Metric, MetricSums } from './metric.ts';
import type { MetricOperand } from './operands.ts';
import { requireDType, requireShape } from './operands.ts';

/** What a metric is called, what it leaves out, and what becomes of its mean. */
export interface MetricTraits extends Omit<Metric, 'compute'> {
  /** Name of a bool target that is false where a value does not count. */
  readonly mask: string | undefined;
}

/**
 * Makes a metric of one output and one target.
 *
 * @param measure - returns float32 values whose mean is the metric; `label` begins its messages.
 */
export function createMetric(
  { mask: maskName, ...traits }: MetricTraits,
  outputName: string,
  targetName: string,
  measure: (label: string, output: MetricOperand, target: MetricOperand) => Tensor,
): Metric {
  const { name } = traits;
  const label = `metric "${name}"`;
  return {
    ...traits,
    compute: (outputs, targets) => {
      const output = find(label, 'output', outputs, outputName);
      const target = find(label, 'target', targets, targetName);
      const mask = maskName === undefined ? undefined : find(label, 'target', targets, maskName);
      return nameScope(name, () => {
        const values = measure(label, output, target);
        return mask === undefined ? sumsOf(values) : maskedSums(label, values, output, mask);
      });
    },
  };
}

function sumsOf(values: Tensor): MetricSums {
  const count = elementCountOf(
    values,
    values.shape.map((_, axis) => axis),
  );
  return { total: reduceSum(values), count: typeof count === 'number' ? constant(count) : count };
}

function maskedSums(
  label: string,
  values: Tensor,
  output: MetricOperand,
  mask: MetricOperand,
): MetricSums {
  requireDType(label, mask, 'bool');
  requireShape(label, output, mask, values.shape);
  // chosen, not multiplied: 0·NaN is not 0
  const total = reduceSum(where(mask.tensor, values, 0));
  return { total, count: reduceSum(cast(mask.tensor, 'float32')) };
}

function find(
  label: string,
  kind: 'output' | 'target',
  tensors: Readonly<Record<string, Tensor>>,
  name: string,
): MetricOperand {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (tensor !== undefined) return { label: `${kind} "${name}"`, tensor };
  const known = Object.keys(tensors);
  const closest = closestName(name, known);
  const guess = closest === undefined ? '' : `Did you mean ${JSON.stringify(closest)}? `;
  throw new DataError(
    'METRIC_NAME_UNKNOWN',
    `${label}: there is no such ${kind}, got ${JSON.stringify(name)}.\n${guess}Expected one of ${JSON.stringify(known)}.`,
    { details: { kind, name, known } },
  );
}
