import type { ArgumentAttributes, ReductionAttributes, ReductionOperatorsV1 } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { planReduction } from '../layout.ts';
import type { KernelCall, KernelsOf } from './kernel.ts';
import { operandAt } from './kernel.ts';
import { INT32_MAXIMUM, INT32_MINIMUM } from './scalar-functions.ts';

type Reduction = 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin';

function reduce(
  {
    inputs,
    attributes,
  }: Pick<KernelCall<Reduction>, 'inputs'> & {
    readonly attributes: ReductionAttributes;
  },
  initial: number,
  combine: (reduced: number, x: number) => number,
): Float64Array {
  const { data, shape } = operandAt(inputs, 0);
  const { starts, steps } = planReduction(shape, attributes.axes);
  const result = new Float64Array(starts.length);
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    let reduced = initial;
    for (let j = 0; j < steps.length; j++) {
      reduced = combine(reduced, data[start + (steps[j] as number)] as number);
    }
    result[i] = reduced;
  }
  return result;
}

// First index at which `better` holds against everything before it; the first NaN ends the search.
function search(
  {
    inputs,
    attributes,
    where,
  }: Pick<KernelCall<'argMax'>, 'inputs' | 'where'> & {
    readonly attributes: ArgumentAttributes;
  },
  better: (x: number, best: number) => boolean,
): Float64Array {
  const { data, shape } = operandAt(inputs, 0);
  const { starts, steps } = planReduction(shape, [attributes.axis]);
  if (steps.length === 0) {
    throw new ShapeError(
      'SHAPE_SEARCH_EMPTY',
      `${where}: the searched axis must not be empty, got shape [${shape.join(', ')}] along axis ${attributes.axis}.`,
    );
  }
  const result = new Float64Array(starts.length);
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    let at = 0;
    let best = data[start] as number;
    for (let j = 1; j < steps.length && !Number.isNaN(best); j++) {
      const x = data[start + (steps[j] as number)] as number;
      if (better(x, best) || Number.isNaN(x)) {
        at = j;
        best = x;
      }
    }
    result[i] = at;
  }
  return result;
}

const sum = (a: number, b: number): number => a + b;
const wrappingSum = (a: number, b: number): number => (a + b) | 0;

/** Kernels of operators that reduce axes. */
export const reductionKernels: KernelsOf<keyof ReductionOperatorsV1> = {
  reduceSum: (call) => reduce(call, 0, call.dtype === 'int32' ? wrappingSum : sum),
  reduceMean: (call) => {
    const { shape } = operandAt(call.inputs, 0);
    const count = call.attributes.axes.reduce((size, axis) => size * (shape[axis] as number), 1);
    return reduce(call, 0, sum).map((total) => total / count);
  },
  reduceMax: (call) =>
    reduce(call, call.dtype === 'int32' ? INT32_MINIMUM : Number.NEGATIVE_INFINITY, (a, b) =>
      Math.max(a, b),
    ),
  reduceMin: (call) =>
    reduce(call, call.dtype === 'int32' ? INT32_MAXIMUM : Number.POSITIVE_INFINITY, (a, b) =>
      Math.min(a, b),
    ),
  argMax: (call) => search(call, (x, best) => x > best),
  argMin: (call) => search(call, (x, best) => x < best),
};
