import type { ReductionOperatorsV1 } from '@etalon/spec';
import type { KernelName } from '../kernels/kernel.ts';
import { operandAt } from '../kernels/kernel.ts';
import { reductionKernels } from '../kernels/reduction.ts';
import { planReduction } from '../layout.ts';
import { contendersOf } from './contenders.ts';
import type { BoundCall, BoundRule, BoundRulesOf, NodeBound } from './rule.ts';
import { boundAt, intervalBound, isExact } from './rule.ts';
import { boundSum } from './sums.ts';

function reducedCount({ inputs, attributes }: BoundCall<'reduceSum' | 'reduceMean'>): number {
  return planReduction(operandAt(inputs, 0).shape, attributes.axes).steps.length;
}

/** Bounds an operator that never falls in any element by the operator itself at both ends. */
export function monotoneRule<K extends KernelName>(
  kernel: (call: BoundCall<K>) => Float64Array,
): BoundRule<K> {
  return (call) => {
    const { result, bounds } = call;
    if (isExact(boundAt(bounds, 0))) return { bound: new Float64Array(result.length) };
    const shifted = (sign: number) => {
      const [x, ...others] = call.inputs;
      const moved = x?.data.map((value, i) => value + sign * (boundAt(bounds, 0)[i] as number));
      return x === undefined || moved === undefined
        ? call.inputs
        : [{ ...x, data: moved }, ...others];
    };
    const low = kernel({ ...call, inputs: shifted(-1) });
    const high = kernel({ ...call, inputs: shifted(1) });
    return {
      bound: result.map((value, i) => intervalBound(value, low[i] as number, high[i] as number)),
    };
  };
}

// Another index is possible wherever another element may be the extreme: such a result is not checked.
function searchRule(sign: 1 | -1): (call: BoundCall<'argMax' | 'argMin'>) => NodeBound {
  return ({ inputs, attributes, bounds, result }) => {
    const bound = new Float64Array(result.length);
    const own = boundAt(bounds, 0);
    if (isExact(own)) return { bound };
    const { data, shape } = operandAt(inputs, 0);
    const { starts, steps } = planReduction(shape, [attributes.axis]);
    const values = sign === 1 ? data : data.map((x) => -x);
    starts.forEach((start, i) => {
      const members = steps.map((step) => start + step);
      const winner = members[result[i] as number] as number;
      const group = { values, bounds: own, members, count: members.length };
      if (contendersOf(group, winner).length > 0) bound[i] = Number.POSITIVE_INFINITY;
    });
    return { bound };
  };
}

/** Bound rules of operators that reduce axes. */
export const reductionBounds: BoundRulesOf<keyof ReductionOperatorsV1> = {
  reduceSum: (call) =>
    boundSum(reductionKernels.reduceSum, call, {
      linear: [0],
      termCount: reducedCount(call),
      terms: 'elements',
    }),
  reduceMean: (call) => {
    const termCount = reducedCount(call);
    const terms = termCount === 1 ? 'elements' : 'divided';
    return boundSum(reductionKernels.reduceMean, call, { linear: [0], termCount, terms });
  },
  reduceMax: monotoneRule(reductionKernels.reduceMax),
  reduceMin: monotoneRule(reductionKernels.reduceMin),
  argMax: searchRule(1),
  argMin: searchRule(-1),
};
