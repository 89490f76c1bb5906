import { TensorProto_DataType as DataType } from '../schema/onnx-pb.ts';

/**
 * Elements read from a tensor. `bool` is 0 or 1 per element; `float16` and `bfloat16` are the bits
 * of each element.
 */
export type ReadElements =
  | { readonly dtype: 'float32'; readonly data: Float32Array }
  | { readonly dtype: 'float64'; readonly data: Float64Array }
  | { readonly dtype: 'int8'; readonly data: Int8Array }
  | { readonly dtype: 'uint8' | 'bool'; readonly data: Uint8Array }
  | { readonly dtype: 'int16'; readonly data: Int16Array }
  | { readonly dtype: 'uint16' | 'float16' | 'bfloat16'; readonly data: Uint16Array }
  | { readonly dtype: 'int32'; readonly data: Int32Array }
  | { readonly dtype: 'uint32'; readonly data: Uint32Array }
  | { readonly dtype: 'int64'; readonly data: BigInt64Array }
  | { readonly dtype: 'uint64'; readonly data: BigUint64Array };

/** Where and how a `TensorProto` keeps the elements of one type. */
export interface ElementLayout {
  /** Bytes per element in `raw_data`. */
  readonly width: number;
  /** List that holds the elements where `raw_data` does not. */
  readonly list: 'floatData' | 'doubleData' | 'int32Data' | 'int64Data' | 'uint64Data';
  /** Gives a buffer in the host's byte order its type. */
  readonly wrap: (buffer: ArrayBuffer) => ReadElements;
}

/** Layouts by `TensorProto.data_type`. Source: onnx.proto, the comments of the data fields. */
export const elementLayouts: Readonly<Partial<Record<number, ElementLayout>>> = {
  [DataType.FLOAT]: {
    width: 4,
    list: 'floatData',
    wrap: (buffer) => ({ dtype: 'float32', data: new Float32Array(buffer) }),
  },
  [DataType.DOUBLE]: {
    width: 8,
    list: 'doubleData',
    wrap: (buffer) => ({ dtype: 'float64', data: new Float64Array(buffer) }),
  },
  [DataType.INT8]: {
    width: 1,
    list: 'int32Data',
    wrap: (buffer) => ({ dtype: 'int8', data: new Int8Array(buffer) }),
  },
  [DataType.UINT8]: {
    width: 1,
    list: 'int32Data',
    wrap: (buffer) => ({ dtype: 'uint8', data: new Uint8Array(buffer) }),
  },
  [DataType.BOOL]: {
    width: 1,
    list: 'int32Data',
    wrap: (buffer) => ({ dtype: 'bool', data: new Uint8Array(buffer) }),
  },
  [DataType.INT16]: {
    width: 2,
    list: 'int32Data',
    wrap: (buffer) => ({ dtype: 'int16', data: new Int16Array(buffer) }),
  },
  [DataType.UINT16]: {
    width: 2,
    list: 'int32Data',
    wrap: (buffer) => ({ dtype: 'uint16', data: new Uint16Array(buffer) }),
  },
  [DataType.FLOAT16]: {
    width: 2,
    list: 'int32Data',
    wrap: (buffer) => ({ dtype: 'float16', data: new Uint16Array(buffer) }),
  },
  [DataType.BFLOAT16]: {
    width: 2,
    list: 'int32Data',
    wrap: (buffer) => ({ dtype: 'bfloat16', data: new Uint16Array(buffer) }),
  },
  [DataType.INT32]: {
    width: 4,
    list: 'int32Data',
    wrap: (buffer) => ({ dtype: 'int32', data: new Int32Array(buffer) }),
  },
  [DataType.UINT32]: {
    width: 4,
    list: 'uint64Data',
    wrap: (buffer) => ({ dtype: 'uint32', data: new Uint32Array(buffer) }),
  },
  [DataType.INT64]: {
    width: 8,
    list: 'int64Data',
    wrap: (buffer) => ({ dtype: 'int64', data: new BigInt64Array(buffer) }),
  },
  [DataType.UINT64]: {
    width: 8,
    list: 'uint64Data',
    wrap: (buffer) => ({ dtype: 'uint64', data: new BigUint64Array(buffer) }),
  },
};
