import { evaluateDimension } from '@etalon/compiler';
import type { IndexingOperatorsV1 } from '@etalon/spec';
import { DataError } from '@etalon/spec';
import { sizeOf } from '../tensor.ts';
import type { KernelsOf } from './kernel.ts';
import { operandAt } from './kernel.ts';

// Engines differ on an index out of range, so no number would be right: the oracle refuses.
function requireIndices(indices: Float64Array, size: number, where: string): void {
  const at = indices.findIndex((index) => !(index >= 0 && index < size));
  if (at < 0) return;
  throw new DataError(
    'INDEX_OUT_OF_RANGE',
    `${where}: index out of range, got ${indices[at]} at position ${at}.\nExpected indices from 0 to ${size - 1}.`,
    { details: { index: indices[at], size } },
  );
}

/** Kernels of operators that look up by index. */
export const indexingKernels: KernelsOf<keyof IndexingOperatorsV1> = {
  gather: ({ inputs, shape, attributes: { axis }, where }) => {
    const { data, shape: from } = operandAt(inputs, 0);
    const indices = operandAt(inputs, 1).data;
    const size = from[axis] as number;
    requireIndices(indices, size, where);
    const outer = sizeOf(from.slice(0, axis));
    const inner = sizeOf(from.slice(axis + 1));
    const result = new Float64Array(sizeOf(shape));
    for (let i = 0; i < outer; i++) {
      for (let j = 0; j < indices.length; j++) {
        const start = (i * size + (indices[j] as number)) * inner;
        result.set(data.subarray(start, start + inner), (i * indices.length + j) * inner);
      }
    }
    return result;
  },
  scatterAdd: ({ inputs, shape, where }) => {
    const indices = operandAt(inputs, 0).data;
    const updates = operandAt(inputs, 1).data;
    requireIndices(indices, shape[0] as number, where);
    const inner = sizeOf(shape.slice(1));
    const result = new Float64Array(sizeOf(shape));
    for (let j = 0; j < indices.length; j++) {
      const to = (indices[j] as number) * inner;
      for (let i = 0; i < inner; i++) {
        result[to + i] = (result[to + i] as number) + (updates[j * inner + i] as number);
      }
    }
    return result;
  },
  dimensionSize: ({ attributes: { dimension }, bindings }) =>
    Float64Array.of(evaluateDimension(dimension, bindings)),
};
