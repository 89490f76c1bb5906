import type { IndexingOperatorsV1 } from '@etalon/spec';
import { indexingKernels } from '../kernels/indexing.ts';
import { operandAt } from '../kernels/kernel.ts';
import { sizeOf } from '../tensor.ts';
import type { BoundRulesOf } from './rule.ts';
import { boundAt, isExact, settled } from './rule.ts';
import { boundSum } from './sums.ts';

// How often the most frequent index occurs.
function largestMultiplicity(indices: Float64Array): number {
  const counts = new Map<number, number>();
  let largest = 0;
  for (const index of indices) {
    const count = (counts.get(index) ?? 0) + 1;
    counts.set(index, count);
    largest = Math.max(largest, count);
  }
  return largest;
}

/** Bound rules of operators that look up by index. */
export const indexingBounds: BoundRulesOf<keyof IndexingOperatorsV1> = {
  // a slice at an uncertain index may hold anything
  gather: (call) => {
    const table = { ...operandAt(call.inputs, 0), data: boundAt(call.bounds, 0) };
    const indices = operandAt(call.inputs, 1);
    const bound = indexingKernels.gather({ ...call, inputs: [table, indices] });
    const uncertain = boundAt(call.bounds, 1);
    if (isExact(uncertain)) return { bound };
    const inner = sizeOf(table.shape.slice(call.attributes.axis + 1));
    return {
      bound: bound.map((b, i) =>
        uncertain[Math.floor(i / inner) % uncertain.length] === 0 ? b : Number.POSITIVE_INFINITY,
      ),
    };
  },
  // a slice at an uncertain index may land in any row within the index's bound
  scatterAdd: (call) => {
    const indices = operandAt(call.inputs, 0).data;
    const updates = operandAt(call.inputs, 1).data;
    const sum = boundSum(indexingKernels.scatterAdd, call, {
      linear: [1],
      termCount: largestMultiplicity(indices),
      terms: 'elements',
    });
    const uncertain = boundAt(call.bounds, 0);
    if (isExact(uncertain)) return sum;
    const bound = sum.bound.slice();
    const rows = call.shape[0] as number;
    const inner = sizeOf(call.shape.slice(1));
    indices.forEach((index, j) => {
      const reach = uncertain[j] as number;
      if (reach === 0) return;
      const last = Math.min(index + reach, rows - 1);
      for (let row = Math.max(index - reach, 0); row <= last; row++) {
        for (let i = 0; i < inner; i++) {
          const from = j * inner + i;
          const moved =
            Math.abs(updates[from] as number) + (boundAt(call.bounds, 1)[from] as number);
          const at = row * inner + i;
          bound[at] = settled((bound[at] as number) + moved);
        }
      }
    });
    return { ...sum, bound };
  },
  dimensionSize: ({ result }) => ({ bound: new Float64Array(result.length) }),
};
