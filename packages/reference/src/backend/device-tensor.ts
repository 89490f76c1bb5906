import type { DeviceTensorV1, DType, HostTensor } from '@etalon/spec';
import { BackendError, DisposedError } from '@etalon/spec';
import type { ReferenceTensor } from '../tensor.ts';
import { toHostTensor } from '../tensor.ts';

/** What the tensors of one backend share: they die with it. */
export interface TensorOwner {
  readonly isDisposed: boolean;
}

/** Tensor of the reference backend: float64 inside, rounded when it is read. */
export class ReferenceDeviceTensor implements DeviceTensorV1 {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly owner: TensorOwner;
  #data: Float64Array | undefined;
  #end: 'disposed' | 'consumed' = 'disposed';

  constructor(owner: TensorOwner, { dtype, shape, data }: ReferenceTensor) {
    this.owner = owner;
    this.dtype = dtype;
    this.shape = shape;
    this.#data = data;
  }

  /** Tells whether an aliased input took the tensor. */
  get isConsumed(): boolean {
    return this.#data === undefined && this.#end === 'consumed';
  }

  async read(): Promise<HostTensor> {
    return toHostTensor(this.borrow('read()'));
  }

  dispose(): void {
    this.#data = undefined;
  }

  /** Ends the tensor on behalf of an aliased input. */
  consume(): void {
    if (this.#data === undefined) return;
    this.#data = undefined;
    this.#end = 'consumed';
  }

  /**
   * Returns the tensor's elements, unrounded.
   *
   * @throws {DisposedError} when the tensor was disposed or consumed, or its backend was disposed.
   */
  borrow(where: string): ReferenceTensor {
    const { dtype, shape } = this;
    const data = this.#data;
    if (data !== undefined && !this.owner.isDisposed) return { dtype, shape, data };
    throw this.ended(where);
  }

  /** Returns the error for a use after the end. */
  ended(where: string): DisposedError {
    const what = `${where}: the tensor has ended, got ${this.dtype}[${this.shape.join(', ')}]`;
    if (this.owner.isDisposed) {
      return new DisposedError('BACKEND_DISPOSED', `${what}: its backend was disposed.`);
    }
    if (this.#end === 'disposed') {
      return new DisposedError('TENSOR_DISPOSED', `${what}: it was disposed.`);
    }
    return new DisposedError(
      'TENSOR_CONSUMED',
      `${what}: it was consumed.\nFix: use the output that is aliased to this input instead.`,
    );
  }
}

/**
 * Returns the elements of a reference backend's tensor in full precision. The data is the tensor's own: it must
 * not be written to.
 *
 * @throws {BackendError} when another backend made the tensor.
 * @throws {DisposedError} when the tensor was disposed or consumed.
 */
export function toReferenceTensor(tensor: DeviceTensorV1): ReferenceTensor {
  if (tensor instanceof ReferenceDeviceTensor) return tensor.borrow('toReferenceTensor');
  throw foreignTensor('toReferenceTensor', tensor);
}

/** Returns the error for a tensor that another backend made. */
export function foreignTensor(where: string, { dtype, shape }: DeviceTensorV1): BackendError {
  return new BackendError(
    'BACKEND_FOREIGN_TENSOR',
    `${where}: the tensor belongs to another backend, got ${dtype}[${shape.join(', ')}].\nFix: pass what read() of that tensor returns.`,
  );
}
