import type { ConvolutionOperatorsV1, LinearAlgebraOperatorsV1 } from '@etalon/spec';
import { convolutionKernels } from '../kernels/convolution.ts';
import { operandAt } from '../kernels/kernel.ts';
import { linearAlgebraKernels } from '../kernels/linear-algebra.ts';
import { sizeOf } from '../tensor.ts';
import type { BoundRulesOf } from './rule.ts';
import { boundSum } from './sums.ts';

type SumOfProducts =
  | keyof LinearAlgebraOperatorsV1
  | Extract<
      keyof ConvolutionOperatorsV1,
      'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient'
    >;

const products = { linear: [0, 1], terms: 'products' } as const;

/** Bound rules of matrix products and convolutions: sums of products, linear in each operand. */
export const productBounds: BoundRulesOf<SumOfProducts> = {
  matmul: (call) => {
    const termCount = operandAt(call.inputs, 0).shape.at(-1) as number;
    return boundSum(linearAlgebraKernels.matmul, call, { ...products, termCount });
  },
  conv2d: (call) => {
    const termCount = sizeOf(operandAt(call.inputs, 1).shape.slice(0, 3));
    return boundSum(convolutionKernels.conv2d, call, { ...products, termCount });
  },
  conv2dInputGradient: (call) => {
    const [height, width, , outputs] = operandAt(call.inputs, 1).shape as Shape4;
    const termCount = (height * width * outputs) / call.attributes.groups;
    return boundSum(convolutionKernels.conv2dInputGradient, call, { ...products, termCount });
  },
  conv2dFilterGradient: (call) => {
    const termCount = sizeOf(operandAt(call.inputs, 1).shape.slice(0, 3));
    return boundSum(convolutionKernels.conv2dFilterGradient, call, { ...products, termCount });
  },
};

type Shape4 = readonly [number, number, number, number];
