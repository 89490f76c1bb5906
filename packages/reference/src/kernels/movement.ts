import { evaluateShape } from '@etalon/compiler';
import type { MovementOperatorsV1 } from '@etalon/spec';
import { broadcastTo, readStrided, rowMajorStrides, writeStrided } from '../layout.ts';
import { sizeOf } from '../tensor.ts';
import type { KernelsOf } from './kernel.ts';
import { operandAt } from './kernel.ts';

function offsetOf(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, at, axis) => sum + at * (strides[axis] as number), 0);
}

/** Kernels of operators that move elements. */
export const movementKernels: KernelsOf<keyof MovementOperatorsV1> = {
  identity: ({ inputs }) => operandAt(inputs, 0).data,
  reshape: ({ inputs }) => operandAt(inputs, 0).data,
  transpose: ({ inputs, shape, attributes: { permutation } }) => {
    const x = operandAt(inputs, 0);
    const strides = rowMajorStrides(x.shape);
    return readStrided(
      x.data,
      0,
      permutation.map((axis) => strides[axis] as number),
      shape,
    );
  },
  expand: ({ inputs, shape }) => {
    const x = operandAt(inputs, 0);
    return broadcastTo(x.data, x.shape, shape);
  },
  concat: ({ inputs, shape, attributes: { axis } }) => {
    const result = new Float64Array(sizeOf(shape));
    const strides = rowMajorStrides(shape);
    let start = 0;
    for (const { shape: part, data } of inputs) {
      writeStrided(result, start, strides, part, data);
      start += (part[axis] as number) * (strides[axis] as number);
    }
    return result;
  },
  slice: ({ inputs, shape, attributes: { starts, strides }, bindings }) => {
    const x = operandAt(inputs, 0);
    const own = rowMajorStrides(x.shape);
    return readStrided(
      x.data,
      offsetOf(evaluateShape(starts, bindings), own),
      own.map((stride, axis) => stride * (strides[axis] as number)),
      shape,
    );
  },
  pad: ({ inputs, shape, attributes: { before, value }, bindings }) => {
    const x = operandAt(inputs, 0);
    const result = new Float64Array(sizeOf(shape)).fill(value);
    const strides = rowMajorStrides(shape);
    writeStrided(
      result,
      offsetOf(evaluateShape(before, bindings), strides),
      strides,
      x.shape,
      x.data,
    );
    return result;
  },
};
