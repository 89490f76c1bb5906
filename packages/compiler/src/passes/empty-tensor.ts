import type { HostTensor, ValueType } from '@etalon/spec';

/** Tells whether a type has an axis of size 0. */
export function isEmpty({ shape }: Pick<ValueType, 'shape'>): boolean {
  return shape.includes(0);
}

/** Returns the only tensor of an empty type. */
export function emptyTensor({ dtype, shape }: ValueType): HostTensor {
  const sizes = shape.map((size) => (typeof size === 'number' ? size : 0));
  switch (dtype) {
    case 'float32':
      return { dtype, shape: sizes, data: new Float32Array() };
    case 'int32':
      return { dtype, shape: sizes, data: new Int32Array() };
    default:
      return { dtype, shape: sizes, data: new Uint8Array() };
  }
}
