import type { LinearAlgebraOperatorsV1 } from '@etalon/spec';
import { broadcastStrides, offsetsOf } from '../layout.ts';
import { sizeOf } from '../tensor.ts';
import type { KernelsOf } from './kernel.ts';
import { operandAt } from './kernel.ts';

// Offset of the matrix that each matrix of the result takes from an operand.
function matrixOffsets(operand: readonly number[], leading: readonly number[]): Int32Array {
  const matrixSize = sizeOf(operand.slice(-2));
  const strides = broadcastStrides(operand.slice(0, -2), leading);
  return offsetsOf(leading, strides).map((matrix) => matrix * matrixSize);
}

/** Kernels of linear algebra. */
export const linearAlgebraKernels: KernelsOf<keyof LinearAlgebraOperatorsV1> = {
  matmul: ({ inputs, shape }) => {
    const a = operandAt(inputs, 0);
    const b = operandAt(inputs, 1);
    const leading = shape.slice(0, -2);
    const rows = shape.at(-2) as number;
    const columns = shape.at(-1) as number;
    const inner = a.shape.at(-1) as number;
    const aMatrices = matrixOffsets(a.shape, leading);
    const bMatrices = matrixOffsets(b.shape, leading);
    const result = new Float64Array(sizeOf(shape));
    for (let matrix = 0; matrix < aMatrices.length; matrix++) {
      for (let row = 0; row < rows; row++) {
        const out = (matrix * rows + row) * columns;
        const aRow = (aMatrices[matrix] as number) + row * inner;
        for (let k = 0; k < inner; k++) {
          const factor = a.data[aRow + k] as number;
          const bRow = (bMatrices[matrix] as number) + k * columns;
          for (let column = 0; column < columns; column++) {
            result[out + column] =
              (result[out + column] as number) + factor * (b.data[bRow + column] as number);
          }
        }
      }
    }
    return result;
  },
};
