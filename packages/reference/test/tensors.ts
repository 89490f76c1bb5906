import type { DType, HostTensor } from '@etalon/spec';
import type { ReferenceTensor } from '../src/tensor.ts';
import { sizeOf } from '../src/tensor.ts';
import { randomNumbers } from './random.ts';

/** Returns a reference tensor; the shape is that of a vector unless given. */
export function tensor(
  data: readonly number[] | Float64Array,
  shape: readonly number[] = [data.length],
  dtype: DType = 'float32',
): ReferenceTensor {
  return { dtype, shape, data: Float64Array.from(data) };
}

/** Returns float32 numbers, uniform in [-1, 1), that are the same in every run. */
export function noise(shape: readonly number[], seed: number): ReferenceTensor {
  const next = randomNumbers(seed);
  const data = Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(next() * 2 - 1));
  return { dtype: 'float32', shape, data };
}

/** Returns a float32 host tensor. */
export function hostTensor(
  data: readonly number[],
  shape: readonly number[] = [data.length],
): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}
