import type { LinearAlgebraOperatorsV1 } from '@etalon/spec';
import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import { expandTo } from './broadcast.ts';
import type { KernelsOf } from './kernel.ts';
import { float, MAXIMUM_RANK, operandAt } from './kernel.ts';
import { sizeOf } from './strided.ts';

/** Product of two matrices. */
export function matrixProduct(scope: Scope, a: TfjsTensor, b: TfjsTensor): TfjsTensor {
  return scope.run('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
}

/** Row of the matrix product. */
export const linearAlgebraKernels: KernelsOf<keyof LinearAlgebraOperatorsV1> = {
  matmul: {
    dtypes: float,
    maximumRank: MAXIMUM_RANK,
    kind: () => 'native',
    run: ({ scope, inputs, shape }) => {
      const a = operandAt(inputs, 0);
      const b = operandAt(inputs, 1);
      const [rows = 1, inner = 1] = a.shape.slice(-2);
      const columns = b.shape.at(-1) ?? 1;
      const batch = shape.slice(0, -2);
      const countOf = (x: TfjsTensor) => sizeOf(x.shape.slice(0, -2));
      if (countOf(b) === 1) {
        const joined = scope.reshape(a, [sizeOf(a.shape) / inner, inner]);
        const product = matrixProduct(scope, joined, scope.reshape(b, [inner, columns]));
        return scope.reshape(product, shape);
      }
      // The kernels repeat the shorter batch from its start, which is broadcasting only if it has one entry.
      const count = sizeOf(batch);
      const of = (x: TfjsTensor, matrix: readonly number[]) => {
        const own = countOf(x);
        const whole = own === 1 || own === count ? x : expandTo(scope, x, [...batch, ...matrix]);
        return scope.reshape(whole, [own === 1 ? 1 : count, ...matrix]);
      };
      const product = matrixProduct(scope, of(a, [rows, inner]), of(b, [inner, columns]));
      return scope.reshape(product, shape);
    },
  },
};
