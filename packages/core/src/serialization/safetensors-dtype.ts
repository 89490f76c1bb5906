import type { DType, HostTensor } from '@etalon/spec';

/** Element types of the format that Etalon has. */
export type SafetensorsDType = 'F32' | 'I32' | 'U8' | 'BOOL';

interface ElementType {
  readonly stored: SafetensorsDType;
  /** Bytes per element. */
  readonly width: number;
  /** Tag of the typed array on the host. */
  readonly array: 'Float32Array' | 'Int32Array' | 'Uint8Array';
  /** Types of higher rank are stored first, as the `safetensors` library orders them. */
  readonly rank: number;
}

/** How each element type is stored. */
export const elementTypes: { readonly [D in DType]: ElementType } = {
  float32: { stored: 'F32', width: 4, array: 'Float32Array', rank: 3 },
  int32: { stored: 'I32', width: 4, array: 'Int32Array', rank: 2 },
  uint8: { stored: 'U8', width: 1, array: 'Uint8Array', rank: 1 },
  bool: { stored: 'BOOL', width: 1, array: 'Uint8Array', rank: 0 },
};

/** Element type that each stored type is read as. */
export const storedTypes: { readonly [S in SafetensorsDType]: DType } = {
  F32: 'float32',
  I32: 'int32',
  U8: 'uint8',
  BOOL: 'bool',
};

/** Returns the number of elements of a shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Makes a tensor of bytes in the host's order. */
export function tensorOf(dtype: DType, shape: readonly number[], buffer: ArrayBuffer): HostTensor {
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(buffer) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(buffer) };
    case 'uint8':
    case 'bool':
      return { dtype, shape, data: new Uint8Array(buffer) };
  }
}
