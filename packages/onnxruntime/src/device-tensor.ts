import type { DeviceTensorV1, DType, HostTensor } from '@etalon/spec';
import { DisposedError } from '@etalon/spec';
import type { BufferPool, OutputBuffer } from './buffer-pool.ts';
import { bufferSlot } from './buffer-pool.ts';
import { carries, copyOf, isShared, toOnnxTensor } from './host-tensor.ts';
import type { OnnxRuntime } from './runtime.ts';

/** What the tensors and executables of one backend share; also tells its tensors from another's. */
export interface EngineMemory {
  /** Name of the backend. */
  readonly name: string;
  readonly pool: BufferPool;
  disposed: boolean;
}

/**
 * Tensor in a buffer on the host, in general one of the pool.
 *
 * A run pins its inputs: a tensor that is disposed or consumed while a run still reads it gives its buffer
 * back when the last pin is gone, so that no other run writes there before.
 */
export class PooledTensor implements DeviceTensorV1 {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly memory: EngineMemory;
  #buffer: OutputBuffer | undefined;
  // Copy of the data that the engine made, for the first reader; shares no memory with the buffer.
  #copy: unknown;
  #state: 'live' | 'disposed' | 'consumed' = 'live';
  #pins = 0;
  readonly #isPooled: boolean;

  /**
   * @param options - `copy`: a copy of the data that the engine made; `pooled`: `false` where the memory came from a caller
   * or from the engine, so that the pool must not have it.
   */
  constructor(
    memory: EngineMemory,
    buffer: OutputBuffer,
    { copy, pooled = true }: { readonly copy?: unknown; readonly pooled?: boolean } = {},
  ) {
    this.dtype = buffer.host.dtype;
    this.shape = buffer.host.shape;
    this.memory = memory;
    this.#buffer = buffer;
    this.#copy = copy;
    this.#isPooled = pooled;
  }

  async read(): Promise<HostTensor> {
    const { host } = this.use('read');
    const copy = this.#copy;
    this.#copy = undefined;
    return isCopyOf(host, copy) ? ({ ...host, data: copy } as HostTensor) : copyOf(host);
  }

  dispose(): void {
    if (this.#state === 'live') this.#end('disposed');
  }

  /**
   * Returns the buffer of a tensor that can still be used.
   *
   * @param where - what uses it, for the message.
   * @throws {DisposedError} when the tensor was disposed or consumed, or its backend was disposed.
   */
  use(where: string): OutputBuffer {
    if (this.memory.disposed) throw backendDisposed(this.memory.name, where);
    if (this.#state === 'live' && this.#buffer !== undefined) return this.#buffer;
    throw this.#state === 'consumed' ? consumed(this, where) : disposed(this, where);
  }

  /**
   * Returns the buffer for a run that has pinned the tensor. Disposing it meanwhile is the caller's right;
   * a run in between may have consumed it.
   *
   * @throws {DisposedError} when the tensor was consumed.
   */
  usePinned(where: string): OutputBuffer {
    if (this.#state === 'consumed' || this.#buffer === undefined) throw consumed(this, where);
    return this.#buffer;
  }

  /** Keeps the buffer until `unpin`. */
  pin(): void {
    this.#pins += 1;
  }

  unpin(): void {
    this.#pins -= 1;
    if (this.#pins === 0 && this.#state !== 'live') this.#release();
  }

  /** Ends the tensor because an aliased input took it. */
  consume(): void {
    if (this.#state === 'live') this.#end('consumed');
  }

  #end(state: 'disposed' | 'consumed'): void {
    this.#state = state;
    if (this.#pins === 0) this.#release();
  }

  #release(): void {
    if (this.#buffer === undefined) return;
    if (this.#isPooled) this.memory.pool.give(this.#buffer);
    this.#buffer = undefined;
    this.#copy = undefined;
  }
}

/**
 * Returns a device tensor over the caller's array; shared memory, which the engine refuses, is copied.
 */
export function placeTensor(
  memory: EngineMemory,
  runtime: OnnxRuntime,
  tensor: HostTensor,
): PooledTensor {
  const host = isShared(tensor) ? copyOf(tensor) : { ...tensor, shape: [...tensor.shape] };
  const slot = bufferSlot(host.dtype, host.shape);
  const buffer = { slot, host, tensor: toOnnxTensor(runtime, host) };
  return new PooledTensor(memory, buffer, { pooled: false });
}

function isCopyOf({ dtype, data }: HostTensor, copy: unknown): boolean {
  return (
    carries(dtype, copy) &&
    (copy as HostTensor['data']).length === data.length &&
    (copy as HostTensor['data']).buffer !== data.buffer
  );
}

function typeText(tensor: PooledTensor): string {
  return `${tensor.dtype}[${tensor.shape.join(', ')}]`;
}

function disposed(tensor: PooledTensor, where: string): DisposedError {
  return new DisposedError(
    'TENSOR_DISPOSED',
    `${where}: the tensor was disposed, got ${typeText(tensor)} after \`dispose()\`.\nFix: dispose a tensor after its last use.`,
  );
}

function consumed(tensor: PooledTensor, where: string): DisposedError {
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
