import { create } from '@bufbuild/protobuf';
import { SerializationError } from '@etalon/spec';

import type { TensorProto } from '../schema/onnx-pb.ts';
import { TensorProtoSchema } from '../schema/onnx-pb.ts';
import { dataTypes } from './element-types.ts';
import type { NumericArray } from './little-endian.ts';
import { littleEndianBytes } from './little-endian.ts';

/** Elements of a tensor to write, in row-major order. */
export type TensorElements =
  | { readonly dtype: 'float32'; readonly data: Float32Array | readonly number[] }
  | { readonly dtype: 'int32'; readonly data: Int32Array | readonly number[] }
  | { readonly dtype: 'int64'; readonly data: BigInt64Array | readonly (number | bigint)[] }
  | { readonly dtype: 'bool'; readonly data: Uint8Array | readonly boolean[] }
  | { readonly dtype: 'uint8'; readonly data: Uint8Array | readonly number[] };

/** Fields of {@link createTensor}. */
export type TensorInit = TensorElements & {
  /** Name of the value for an initializer; may be empty for a tensor attribute. */
  readonly name: string;
  /** Sizes; empty for a scalar. */
  readonly dims: readonly number[];
  readonly docString?: string;
};

/**
 * Returns a tensor that holds its elements in `raw_data`, little-endian.
 *
 * A typed array is borrowed, not copied: it must not change before the model is encoded.
 *
 * @throws {SerializationError} `ONNX_TENSOR_DATA` if the number of elements is not the product of
 * the sizes, or an element does not fit its type.
 */
export function createTensor(init: TensorInit): TensorProto {
  const where = `tensor "${init.name}"`;
  const expected = init.dims.reduce((product, size) => product * size, 1);
  if (init.data.length !== expected) {
    throw new SerializationError(
      'ONNX_TENSOR_DATA',
      `${where}: the data does not fill the shape [${init.dims.join(', ')}], ` +
        `got ${init.data.length} elements.\nExpected ${expected}.`,
      { details: { dims: init.dims, elements: init.data.length } },
    );
  }
  return create(TensorProtoSchema, {
    name: init.name,
    dims: init.dims.map(BigInt),
    dataType: dataTypes[init.dtype],
    rawData: littleEndianBytes(toTypedArray(where, init)),
    ...(init.docString === undefined ? {} : { docString: init.docString }),
  });
}

function toTypedArray(where: string, elements: TensorElements): NumericArray {
  const { dtype, data } = elements;
  switch (dtype) {
    case 'float32':
      return data instanceof Float32Array ? data : Float32Array.from(data);
    case 'int32':
      return data instanceof Int32Array
        ? data
        : Int32Array.from(data, (value) => checked(where, dtype, value, (value | 0) === value));
    case 'int64':
      return data instanceof BigInt64Array
        ? data
        : BigInt64Array.from(data, (value) => toInt64(where, value));
    case 'bool':
      return Uint8Array.from<boolean | number>(data, (value) => (value ? 1 : 0));
    case 'uint8':
      return data instanceof Uint8Array
        ? data
        : Uint8Array.from(data, (value) => checked(where, dtype, value, (value & 255) === value));
  }
}

function toInt64(where: string, value: number | bigint): bigint {
  const fits =
    typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
  return BigInt(checked(where, 'int64', value, fits));
}

function checked<T extends number | bigint>(
  where: string,
  dtype: string,
  value: T,
  fits: boolean,
): T {
  if (!fits) {
    throw new SerializationError(
      'ONNX_TENSOR_DATA',
      `${where}: an element does not fit ${dtype}, got ${value}.`,
      { details: { dtype, value } },
    );
  }
  return value;
}
