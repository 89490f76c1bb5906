import type { DType, HostTensor } from '@etalon/spec';

/** Returns a host tensor of some numbers; float32 rounds them. */
export function hostTensor(
  dtype: DType,
  shape: readonly number[],
  data: Iterable<number>,
): HostTensor {
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.from(data) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(data) };
    case 'bool':
    case 'uint8':
      return { dtype, shape, data: Uint8Array.from(data) };
  }
}

/** Number of elements of a concrete shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
