import type { DType, HostTensorOf } from './host-tensor.ts';

/** The dtype and shape of one field of one example; the shape has no batch axis, a scalar's is `[]`. */
export interface FieldType<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
}

/** The fields of a data set by name. */
export type Fields = Readonly<Record<string, FieldType>>;

/** Several examples stacked: for each field a tensor of shape `[count, ...field shape]`. */
export type Batch<F extends Fields = Fields> = {
  readonly [Name in keyof F]: HostTensorOf<F[Name]['dtype']>;
};

/**
 * A finite collection of examples with random access, all with the same named fields.
 *
 * Anything with these members is a data set; nothing here has to be extended.
 */
export interface Dataset<F extends Fields = Fields> {
  /** The number of examples; indices run from 0 to `size - 1`. */
  readonly size: number;

  /**
   * Whether an index gives the same example at every call: training may then keep all examples on the device. Default
   * false, as random augmentation needs it.
   */
  readonly deterministic?: boolean;

  /** What one example holds. */
  readonly fields: F;

  /**
   * Returns the examples at `indices`, stacked in that order; an index may occur several times.
   *
   * The tensors are fresh copies that belong to the caller.
   *
   * @throws {DatasetError} `INDEX_OUT_OF_RANGE`
   */
  gather(indices: Uint32Array): Batch<F>;

  /**
   * Returns all examples in their order, where they lie in memory so already; absent otherwise.
   *
   * The tensors are the data set's own: read them, but do not change them.
   */
  whole?(): Batch<F>;
}
