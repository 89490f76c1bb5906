import { DatasetError } from '../errors.ts';
import type { DType, HostTensor } from '../host-tensor.ts';

/** Any array type that holds a tensor's elements. */
export type ElementArray = HostTensor['data'];

const arrayTypes: { readonly [D in DType]: new (length: number) => ElementArray } = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
};

const arrayTags: { readonly [D in DType]: string } = {
  float32: 'Float32Array',
  int32: 'Int32Array',
  bool: 'Uint8Array',
  uint8: 'Uint8Array',
};

export function elementCount(shape: readonly number[]): number {
  // Without this a zero after sizes whose product overflows would give NaN.
  return shape.includes(0) ? 0 : shape.reduce((count, size) => count * size, 1);
}

export function formatType(dtype: string, shape: readonly number[]): string {
  return `${dtype}[${shape.join(', ')}]`;
}

export function allocateElements(dtype: DType, length: number): ElementArray {
  return new arrayTypes[dtype](length);
}

export function hostTensor(dtype: DType, shape: readonly number[], data: ElementArray): HostTensor {
  return { dtype, shape, data } as HostTensor;
}

export function checkShape(where: string, shape: readonly number[]): void {
  const sound =
    Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!sound) {
    throw new DatasetError('INVALID_TENSOR', [
      `${where}: a shape lists sizes, got ${JSON.stringify(shape)}.`,
      'Expected an array of integers, 0 or larger.',
    ]);
  }
}

export function checkTensor(where: string, tensor: HostTensor): void {
  const { dtype, shape, data } = tensor;
  if (!Object.hasOwn(arrayTypes, dtype)) {
    throw new DatasetError('INVALID_TENSOR', [
      `${where}: unknown dtype, got ${JSON.stringify(dtype)}.`,
      `Expected one of ${Object.keys(arrayTypes).join(', ')}.`,
    ]);
  }
  checkShape(where, shape);
  // By tag, since `instanceof` is false for an array made in another realm (a frame, a test sandbox).
  const tag = Object.prototype.toString.call(data).slice('[object '.length, -1);
  // A Buffer's tag is Uint8Array too, and it serves.
  if (tag !== arrayTags[dtype]) {
    throw new DatasetError('INVALID_TENSOR', [
      `${where}: the data of a ${dtype} tensor has the wrong array type, got ${tag}.`,
      `Expected ${arrayTags[dtype]}.`,
    ]);
  }
  if (data.length !== elementCount(shape)) {
    throw new DatasetError('INVALID_TENSOR', [
      `${where}: shape and data disagree, got ${formatType(dtype, shape)} with ${data.length} elements.`,
      `Expected ${elementCount(shape)} elements.`,
    ]);
  }
}
