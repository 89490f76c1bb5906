import type { DType, TypedArrayOf } from './dtype.ts';

/** Tensor of one element type in host memory, row-major and contiguous. */
export interface HostTensorOf<D extends DType> {
  readonly dtype: D;
  /** Concrete sizes; their product is `data.length`. */
  readonly shape: readonly number[];
  readonly data: TypedArrayOf[D];
}

/** Tensor in host memory; `dtype` tells which typed array holds the data. */
export type HostTensor = { readonly [D in DType]: HostTensorOf<D> }[DType];

/**
 * Tensor that a backend owns. It lives until it is disposed, until it is consumed by an aliased
 * input, or until its backend is disposed.
 */
export interface DeviceTensorV1 {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /**
   * Copies the data to the host.
   *
   * @throws {DisposedError} when the tensor was disposed or consumed.
   */
  read(): Promise<HostTensor>;
  /** Gives the memory back. Idempotent. */
  dispose(): void;
}
