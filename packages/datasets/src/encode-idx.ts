import { DatasetError } from './errors.ts';
import type { DType, HostTensor } from './host-tensor.ts';
import type { IdxType } from './internal/idx-format.ts';
import { idxMaxRank, idxTypes } from './internal/idx-format.ts';
import { checkTensor, formatType } from './internal/tensors.ts';

export type { IdxType } from './internal/idx-format.ts';

/** What {@link encodeIdx} writes. */
export interface EncodeIdxOptions {
  /**
   * The element type in the file. Default: the tensor's own, and uint8 for bool.
   *
   * Integer tensors go into integer types that hold their values, float32 into float32 or float64.
   */
  readonly type?: IdxType;
}

/**
 * Returns an IDX file with `tensor` in it, which {@link decodeIdx} reads back.
 *
 * @param tensor - of rank 1 to 255; each size below 2³²
 * @throws {DatasetError} `IDX_UNWRITABLE` when the format or the type asked for cannot hold the tensor,
 * `INVALID_TENSOR`
 */
export function encodeIdx(tensor: HostTensor, options: EncodeIdxOptions = {}): Uint8Array {
  checkTensor('encodeIdx', tensor);
  const { dtype, shape, data } = tensor;
  const { type = defaultTypes[dtype] } = options;
  checkWritable(tensor, type);
  const { code, bytesPerElement } = idxTypes[type];
  const headerLength = 4 + 4 * shape.length;
  const bytes = new Uint8Array(headerLength + data.length * bytesPerElement);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, code);
  view.setUint8(3, shape.length);
  for (const [axis, size] of shape.entries()) {
    view.setUint32(4 + 4 * axis, size);
  }
  const write = writers[type];
  for (let position = 0; position < data.length; position += 1) {
    write(view, headerLength + position * bytesPerElement, data[position] as number);
  }
  return bytes;
}

const defaultTypes: { readonly [D in DType]: IdxType } = {
  float32: 'float32',
  int32: 'int32',
  bool: 'uint8',
  uint8: 'uint8',
};

const integerRanges: { readonly [T in IdxType]?: readonly [least: number, most: number] } = {
  uint8: [0, 255],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
};

const writers: {
  readonly [T in IdxType]: (view: DataView, offset: number, value: number) => void;
} = {
  uint8: (view, offset, value) => view.setUint8(offset, value),
  int8: (view, offset, value) => view.setInt8(offset, value),
  int16: (view, offset, value) => view.setInt16(offset, value),
  int32: (view, offset, value) => view.setInt32(offset, value),
  float32: (view, offset, value) => view.setFloat32(offset, value),
  float64: (view, offset, value) => view.setFloat64(offset, value),
};

function checkWritable({ dtype, shape, data }: HostTensor, type: IdxType): void {
  if (!Object.hasOwn(idxTypes, type)) {
    throw new DatasetError('IDX_UNWRITABLE', [
      `encodeIdx: unknown element type, got ${JSON.stringify(type)}.`,
      `Expected one of ${Object.keys(idxTypes).join(', ')}.`,
    ]);
  }
  if (shape.length === 0 || shape.length > idxMaxRank || shape.some((size) => size >= 2 ** 32)) {
    throw new DatasetError('IDX_UNWRITABLE', [
      `encodeIdx: the format cannot hold this shape, got ${formatType(dtype, shape)}.`,
      `Expected 1 to ${idxMaxRank} dimensions, each smaller than 4294967296.`,
    ]);
  }
  const range = integerRanges[type];
  if ((range === undefined) !== (dtype === 'float32')) {
    throw new DatasetError('IDX_UNWRITABLE', [
      `encodeIdx: a ${dtype} tensor cannot be written with this element type, got ${type}.`,
      dtype === 'float32'
        ? 'Expected float32 or float64.'
        : 'Expected uint8, int8, int16 or int32.',
    ]);
  }
  if (range !== undefined) {
    const [least, most] = range;
    const position = data.findIndex((value) => value < least || value > most);
    if (position >= 0) {
      throw new DatasetError('IDX_UNWRITABLE', [
        `encodeIdx: element ${position} does not fit into ${type}, got ${data[position]}.`,
        `Expected values from ${least} to ${most}.`,
      ]);
    }
  }
}
