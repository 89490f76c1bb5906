import type { Kernel } from './kernel.ts';
import { every, float, MAXIMUM_RANK, operandAt } from './kernel.ts';

type Transparent = 'stopGradient' | 'straightThrough';

function first<K extends Transparent>(dtypes: Kernel<K>['dtypes']): Kernel<K> {
  return {
    dtypes,
    maximumRank: MAXIMUM_RANK,
    kind: () => 'native',
    run: ({ scope, inputs, shape }) => scope.reshape(operandAt(inputs, 0), shape),
  };
}

/**
 * Rows of the operators that only concern differentiation. The other composite operators are left to their
 * decompositions: the engines' kernels know the last axis alone, or lose NaN.
 */
export const compositeKernels: { readonly [K in Transparent]: Kernel<K> } = {
  stopGradient: first(every),
  straightThrough: first(float),
};
