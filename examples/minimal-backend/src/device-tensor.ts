import type { DeviceTensorV1, DType, HostTensor } from '@etalon/spec';
import { BackendError, DisposedError } from '@etalon/spec';

/** What everything that a backend makes shares: it ends with the backend. */
export interface Owner {
  isDisposed: boolean;
}

/** A tensor on the device, which for this backend is an array that nobody writes to. */
export class MinimalTensor implements DeviceTensorV1 {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly owner: Owner;
  #tensor: HostTensor | undefined;
  #isConsumed = false;

  constructor(owner: Owner, tensor: HostTensor) {
    this.owner = owner;
    this.dtype = tensor.dtype;
    this.shape = tensor.shape;
    this.#tensor = tensor;
  }

  get isConsumed(): boolean {
    return this.#isConsumed;
  }

  async read(): Promise<HostTensor> {
    const tensor = this.borrow('read()');
    return { ...tensor, data: tensor.data.slice() } as HostTensor;
  }

  dispose(): void {
    this.#tensor = undefined;
  }

  /** Ends the tensor on behalf of an aliased input. */
  consume(): void {
    this.#isConsumed = true;
    this.#tensor = undefined;
  }

  /**
   * Returns the elements themselves, not to be written to.
   *
   * @throws {DisposedError} when the tensor was disposed or consumed, or its backend was disposed.
   */
  borrow(where: string): HostTensor {
    if (this.#tensor !== undefined && !this.owner.isDisposed) return this.#tensor;
    const [code, end] = this.owner.isDisposed
      ? ['BACKEND_DISPOSED', 'its backend was disposed']
      : this.#isConsumed
        ? ['TENSOR_CONSUMED', 'a run consumed it']
        : ['TENSOR_DISPOSED', 'it was disposed'];
    const type = `${this.dtype}[${this.shape.join(', ')}]`;
    throw new DisposedError(code, `${where}: the tensor has ended, got ${type}: ${end}.`);
  }
}

/**
 * Returns one of a backend's own tensors as what it is.
 *
 * @throws {BackendError} when another backend made it.
 */
export function requireOwn(where: string, owner: Owner, tensor: DeviceTensorV1): MinimalTensor {
  if (tensor instanceof MinimalTensor && tensor.owner === owner) return tensor;
  throw new BackendError(
    'BACKEND_FOREIGN_TENSOR',
    `${where}: the tensor belongs to another backend, got ${tensor.dtype}[${tensor.shape.join(', ')}].\nFix: pass what read() of that tensor returns.`,
  );
}
