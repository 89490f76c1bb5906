import type { CompositeOperatorsV1 } from '@etalon/spec';
import { erfc } from '../error-function.ts';
import { planReduction } from '../layout.ts';
import { unary } from './elementwise.ts';
import type { KernelCall, KernelsOf } from './kernel.ts';
import { operandAt } from './kernel.ts';
import { softplus } from './scalar-functions.ts';

// Largest element and Σ e^(x - max) of every line along an axis, then each element from the three.
function alongAxis(
  { inputs, attributes }: KernelCall<'softmax' | 'logSoftmax'>,
  apply: (x: number, largest: number, sum: number) => number,
): Float64Array {
  const { data, shape } = operandAt(inputs, 0);
  const { starts, steps } = planReduction(shape, [attributes.axis]);
  const result = new Float64Array(data.length);
  for (const start of starts) {
    let largest = Number.NEGATIVE_INFINITY;
    for (const step of steps) largest = Math.max(largest, data[start + step] as number);
    let sum = 0;
    for (const step of steps) sum += Math.exp((data[start + step] as number) - largest);
    for (const step of steps) {
      result[start + step] = apply(data[start + step] as number, largest, sum);
    }
  }
  return result;
}

/** Kernels of composite operators and of those that only concern differentiation. */
export const compositeKernels: KernelsOf<keyof CompositeOperatorsV1> = {
  softmax: (call) => alongAxis(call, (x, largest, sum) => Math.exp(x - largest) / sum),
  logSoftmax: (call) => alongAxis(call, (x, largest, sum) => x - largest - Math.log(sum)),
  softplus: unary(softplus),
  // 1 + erf(x / √2) as erfc(-x / √2), which keeps its digits for negative x
  gelu: unary((x) => 0.5 * x * erfc(-x * Math.SQRT1_2)),
  elu: (call) => unary((x) => (x > 0 ? x : call.attributes.alpha * Math.expm1(x)))(call),
  leakyRelu: (call) => unary((x) => (x > 0 ? x : call.attributes.alpha * x))(call),
  step: unary((x) => (x >= 0 ? 1 : x < 0 ? -1 : x)),
  oneHot: ({ inputs, attributes: { depth } }) => {
    const indices = operandAt(inputs, 0).data;
    const result = new Float64Array(indices.length * depth);
    indices.forEach((index, row) => {
      if (index >= 0 && index < depth) result[row * depth + index] = 1;
    });
    return result;
  },
  stopGradient: ({ inputs }) => operandAt(inputs, 0).data,
  straightThrough: ({ inputs }) => operandAt(inputs, 0).data,
};
