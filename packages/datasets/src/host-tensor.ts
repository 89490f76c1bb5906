/**
 * A tensor in host memory: row-major `data` of `shape`, discriminated by `dtype`.
 *
 * `bool` holds one byte per element, 0 or 1. The type is structural, so that tensors pass to and from
 * any other package that uses the same shape.
 */
export type HostTensor =
  | {
      readonly dtype: 'float32';
      readonly shape: readonly number[];
      readonly data: Float32Array;
    }
  | {
      readonly dtype: 'int32';
      readonly shape: readonly number[];
      readonly data: Int32Array;
    }
  | {
      readonly dtype: 'bool';
      readonly shape: readonly number[];
      readonly data: Uint8Array;
    }
  | {
      readonly dtype: 'uint8';
      readonly shape: readonly number[];
      readonly data: Uint8Array;
    };

/** The element type of a {@link HostTensor}. */
export type DType = HostTensor['dtype'];

/** The member of {@link HostTensor} with dtype `D`; the whole union when `D` is not known. */
export type HostTensorOf<D extends DType> = Extract<HostTensor, { readonly dtype: D }>;
