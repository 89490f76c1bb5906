import type { DeviceTensorClass } from '@etalon/compiler';
import type { DeviceTensorV1, DType, HostTensor } from '@etalon/spec';
import { DisposedError } from '@etalon/spec';
import type { Engine } from './engines/engine.ts';
import type { TfjsTensor } from './runtime.ts';

/** What the tensors and executables of one backend share; also tells its tensors from another's. */
export class TensorOwner {
  /** Name of the backend. */
  readonly name: string;
  readonly engine: Engine;
  readonly #live = new Set<EngineTensor>();
  #isDisposed = false;

  constructor(name: string, engine: Engine) {
    this.name = name;
    this.engine = engine;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** Returns a device tensor, whose memory is the owner's from now on. */
  adopt(dtype: DType, tensor: TfjsTensor): EngineTensor {
    const adopted = new EngineTensor(this, dtype, tensor);
    this.#live.add(adopted);
    return adopted;
  }

  /** Forgets a tensor that has ended. */
  forget(tensor: EngineTensor): void {
    this.#live.delete(tensor);
  }

  /** Ends all tensors. */
  dispose(): void {
    this.#isDisposed = true;
    for (const tensor of [...this.#live]) tensor.dispose();
  }
}

/** Tensor in the engine's memory. */
export class EngineTensor implements DeviceTensorV1 {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly owner: TensorOwner;
  #tensor: TfjsTensor | undefined;
  #end: 'disposed' | 'consumed' = 'disposed';

  constructor(owner: TensorOwner, dtype: DType, tensor: TfjsTensor) {
    this.owner = owner;
    this.dtype = dtype;
    this.shape = [...tensor.shape];
    this.#tensor = tensor;
  }

  async read(): Promise<HostTensor> {
    const data = this.owner.engine.view(this.borrow('read')).slice();
    return { dtype: this.dtype, shape: [...this.shape], data } as HostTensor;
  }

  dispose(): void {
    this.#finish('disposed');
  }

  /** Ends the tensor because an aliased input took it. */
  consume(): void {
    this.#finish('consumed');
  }

  /**
   * Returns the memory of a tensor that can still be used.
   *
   * @param where - what uses it, for the message.
   * @throws {DisposedError} when the tensor was disposed or consumed, or its backend was disposed.
   */
  borrow(where: string): TfjsTensor {
    if (this.owner.isDisposed) throw backendDisposed(this.owner.name, where);
    if (this.#tensor !== undefined) return this.#tensor;
    throw this.#end === 'consumed' ? consumed(this, where) : disposed(this, where);
  }

  #finish(end: 'disposed' | 'consumed'): void {
    if (this.#tensor === undefined) return;
    this.owner.engine.release(this.#tensor);
    this.#tensor = undefined;
    this.#end = end;
    this.owner.forget(this);
  }
}

/** Tells how the tensors of a backend are known. */
export function tensorClass(owner: TensorOwner): DeviceTensorClass<EngineTensor> {
  return {
    backend: owner.name,
    isTensor: (value) => value instanceof EngineTensor,
    otherOwner: (tensor) => (tensor.owner === owner ? undefined : tensor.owner.name),
    requireLive: (tensor, where) => {
      tensor.borrow(where);
    },
  };
}

function typeText({ dtype, shape }: EngineTensor): string {
  return `${dtype}[${shape.join(', ')}]`;
}

function disposed(tensor: EngineTensor, where: string): DisposedError {
  return new DisposedError(
    'TENSOR_DISPOSED',
    `${where}: the tensor was disposed, got ${typeText(tensor)} after \`dispose()\`.\nFix: dispose a tensor after its last use.`,
  );
}

function consumed(tensor: EngineTensor, where: string): DisposedError {
  return new DisposedError(
    'TENSOR_CONSUMED',
    `${where}: the tensor was consumed by an earlier run, got ${typeText(tensor)}.\nAn aliased input's memory goes to the run's outputs.\nFix: use the output that took its place, or \`read()\` the tensor before that run.`,
  );
}

/** The error of every call after a backend was disposed. */
export function backendDisposed(name: string, where: string): DisposedError {
  return new DisposedError(
    'BACKEND_DISPOSED',
    `${where}: backend "${name}" was disposed, got a later call.\nFix: dispose the backend last, or create another.`,
  );
}
