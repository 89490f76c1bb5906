import type { LinearAlgebraOperatorsV1, Shape, ValueType } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { dimensionsEqual, elementCount, multiplyDimensions } from '../dimension/index.ts';
import { filledConstant } from '../operators/indexing.ts';
import { matmul } from '../operators/linear-algebra.ts';
import { reshape, swapLastAxes } from '../operators/movement.ts';
import { formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { DefinitionsOf } from './definition.ts';
import { floatDTypes } from './definition.ts';
import { sumOfProducts } from './iteration-sums.ts';
import { requireDType, tryBroadcast } from './type-rules.ts';

function matmulType(a: ValueType, b: ValueType): ValueType {
  requireDType(a, floatDTypes, 'first operand');
  requireDType(b, floatDTypes, 'second operand');
  const [m, k] = a.shape.slice(-2);
  const [inner, n] = b.shape.slice(-2);
  if (m === undefined || k === undefined || inner === undefined || n === undefined) {
    throw new ShapeError(
      'SHAPE_MATMUL_RANK',
      `both operands must have rank 2 or more, got ${formatType(a)} × ${formatType(b)}.\nFix: reshape the operand to a matrix.`,
    );
  }
  if (!dimensionsEqual(k, inner)) {
    throw new ShapeError(
      'SHAPE_MATMUL_INNER',
      `inner dimensions must match, got ${formatType(a)} × ${formatType(b)}.`,
    );
  }
  const leading = tryBroadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (leading === undefined) {
    throw new ShapeError(
      'SHAPE_BROADCAST',
      `the axes before the matrices do not broadcast, got ${formatType(a)} × ${formatType(b)}.\nExpected sizes that are equal or 1, aligned at the matrices.`,
    );
  }
  return { dtype: 'float32', shape: [...leading, m, n] };
}

// All axes but the last folded into one: [.., m, k] to [M, k].
function asMatrix(tensor: Tensor): Tensor {
  const rows: Shape = tensor.shape.slice(0, -1);
  return reshape(tensor, [elementCount(rows), tensor.shape.at(-1) ?? 1]);
}

/** Definitions of linear algebra. */
export const linearAlgebraDefinitions: DefinitionsOf<keyof LinearAlgebraOperatorsV1> = {
  matmul: {
    kind: 'core',
    type: ([a, b]) => matmulType(a, b),
    // d(A·B): dA = dY·Bᵀ, dB = Aᵀ·dY; a batch of A against one matrix B folds into one product
    gradient: ({ inputs: [a, b], outputGradient: dy }) => [
      matmul(dy, swapLastAxes(b)),
      b.shape.length === 2 && a.shape.length > 2
        ? matmul(swapLastAxes(asMatrix(a)), asMatrix(dy))
        : matmul(swapLastAxes(a), dy),
    ],
    sumOverIterations: sumOfProducts,
    whenEmpty: ({ output }) => filledConstant(output, 0),
    flops: ([a], output) =>
      multiplyDimensions(2, multiplyDimensions(elementCount(output.shape), a.shape.at(-1) ?? 1)),
  },
};
