import type { DType, HostTensor } from '@etalon/spec';
import type { OnnxRuntime, OnnxTensor } from './runtime.ts';

/** Bytes of one element. */
export const elementBytes: Readonly<Record<DType, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
};

/** Tells whether an array is of the class that carries a dtype. */
export function carries(dtype: DType, data: unknown): boolean {
  if (dtype === 'float32') return data instanceof Float32Array;
  return dtype === 'int32' ? data instanceof Int32Array : data instanceof Uint8Array;
}

/** Returns a tensor of zeros. */
export function zeros(dtype: DType, shape: readonly number[]): HostTensor {
  const count = elementCountOf(shape);
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(count) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(count) };
    case 'uint8':
    case 'bool':
      return { dtype, shape, data: new Uint8Array(count) };
  }
}

/** Returns the same elements under another shape of equal size. */
export function withShape(tensor: HostTensor, shape: readonly number[]): HostTensor {
  return { ...tensor, shape };
}

/** Returns a copy that shares no memory. */
export function copyOf(tensor: HostTensor): HostTensor {
  switch (tensor.dtype) {
    case 'float32':
      return { ...tensor, data: tensor.data.slice() };
    case 'int32':
      return { ...tensor, data: tensor.data.slice() };
    case 'uint8':
    case 'bool':
      return { ...tensor, data: tensor.data.slice() };
  }
}

/** Returns the number of elements of a concrete shape. */
export function elementCountOf(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** Tells whether two concrete shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis += 1) if (a[axis] !== b[axis]) return false;
  return true;
}

/** Wraps a host tensor for the engine, over the same memory. */
export function toOnnxTensor(runtime: OnnxRuntime, tensor: HostTensor): OnnxTensor {
  switch (tensor.dtype) {
    case 'float32':
      return new runtime.Tensor('float32', tensor.data, tensor.shape);
    case 'int32':
      return new runtime.Tensor('int32', tensor.data, tensor.shape);
    case 'uint8':
      return new runtime.Tensor('uint8', tensor.data, tensor.shape);
    case 'bool':
      return new runtime.Tensor('bool', tensor.data, tensor.shape);
  }
}

/** Tells whether data is in shared memory, where workers put theirs: the engine refuses it ("Invalid argument"). */
export function isShared({ data }: HostTensor): boolean {
  return typeof SharedArrayBuffer === 'function' && data.buffer instanceof SharedArrayBuffer;
}
