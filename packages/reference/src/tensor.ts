import type { DType, HostTensor } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';

/**
 * Tensor of the reference: every element type is held in float64, which is exact for int32, uint8 and
 * bool (0 and 1). `float32` names the type of the program; its values are not rounded to float32.
 */
export interface ReferenceTensor {
  readonly dtype: DType;
  /** Concrete sizes; their product is `data.length`. */
  readonly shape: readonly number[];
  /** Row-major and contiguous. Tensors may share it, so it must not be written to. */
  readonly data: Float64Array;
}

/** Returns the number of elements of a concrete shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const axis of shape) size *= axis;
  return size;
}

/**
 * Returns a host tensor as a reference tensor; a reference tensor is returned as it is.
 *
 * @throws {ShapeError} when the data does not have as many elements as the shape.
 */
export function toFloat64(tensor: HostTensor | ReferenceTensor, where: string): ReferenceTensor {
  const { dtype, shape, data } = tensor;
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      'SHAPE_DATA_LENGTH',
      `${where}: data must have ${sizeOf(shape)} elements for shape [${shape.join(', ')}], got ${data.length}.`,
    );
  }
  return { dtype, shape, data: data instanceof Float64Array ? data : new Float64Array(data) };
}

/** Returns a reference tensor as a host tensor: float32 values are rounded here and nowhere else. */
export function toHostTensor({ dtype, shape, data }: ReferenceTensor): HostTensor {
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(data) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(data) };
    case 'bool':
    case 'uint8':
      return { dtype, shape, data: new Uint8Array(data) };
  }
}

/** Cuts out one slice along the first axis, over the same memory. */
export function sliceTensor(
  { dtype, shape, data }: ReferenceTensor,
  index: number,
): ReferenceTensor {
  const rest = shape.slice(1);
  const size = sizeOf(rest);
  return { dtype, shape: rest, data: data.subarray(index * size, (index + 1) * size) };
}

/** Puts arrays of equal length behind one another. */
export function concatenate(parts: readonly Float64Array[], size: number): Float64Array {
  const whole = new Float64Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
