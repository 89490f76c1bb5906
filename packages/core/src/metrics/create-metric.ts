import type { Tensor } from '@etalon/compiler';
import { constant, elementCountOf, nameScope, reduceSum } from '@etalon/compiler';
import { DataError } from '@etalon/spec';
import { closestName } from './closest-name.ts';
import type { Metric } from './metric.ts';
import type { MetricOperand } from './operands.ts';

/**
 * Makes a metric of one output and one target.
 *
 * @param measure - returns float32 values whose mean is the metric; `where` begins its messages.
 */
export function createMetric(
  name: string,
  outputName: string,
  targetName: string,
  measure: (where: string, output: MetricOperand, target: MetricOperand) => Tensor,
): Metric {
  const where = `metric "${name}"`;
  return {
    name,
    compute: (outputs, targets) => {
      const output = find(where, 'output', outputs, outputName);
      const target = find(where, 'target', targets, targetName);
      return nameScope(name, () => {
        const values = measure(where, output, target);
        const count = elementCountOf(
          values,
          values.shape.map((_, axis) => axis),
        );
        return {
          total: reduceSum(values),
          count: typeof count === 'number' ? constant(count) : count,
        };
      });
    },
  };
}

function find(
  where: string,
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
    `${where}: there is no such ${kind}, got ${JSON.stringify(name)}.\n${guess}Expected one of ${JSON.stringify(known)}.`,
    { details: { kind, name, known } },
  );
}
