import type { DeviceTensorV1, DType, HostTensor } from '@etalon/spec';
import type { Connection } from './connection.ts';
import { tensorConsumed, tensorDisposed } from './contract-errors.ts';
import type { Handle, SentOutput } from './protocol.ts';

/** Handle of a tensor whose data lives in the worker. */
export class RemoteTensor implements DeviceTensorV1 {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly connection: Connection;
  readonly #handle: Handle;
  // What came with the run's answer, for the first reader.
  #data: HostTensor['data'] | undefined;
  #state: 'live' | 'disposed' | 'consumed' = 'live';

  constructor(connection: Connection, { tensor, dtype, shape, data }: SentOutput) {
    this.connection = connection;
    this.dtype = dtype;
    this.shape = shape;
    this.#handle = tensor;
    this.#data = data;
  }

  async read(): Promise<HostTensor> {
    const handle = this.use('read');
    const { dtype, shape } = this;
    const data = this.#data;
    this.#data = undefined;
    if (data !== undefined) return { dtype, shape, data } as HostTensor;
    return this.connection.call('read', handle, 'read');
  }

  dispose(): void {
    this.#end('disposed');
  }

  /** Ends the tensor because an aliased input took it. */
  consume(): void {
    this.#end('consumed');
  }

  /**
   * Returns the handle of a tensor that can still be used, as far as is known here.
   *
   * @throws {DisposedError} when the tensor was disposed or consumed, or its backend was disposed.
   * @throws {BackendError} `BACKEND_WORKER_DIED`.
   */
  use(where: string): Handle {
    this.connection.requireOpen(where);
    if (this.#state === 'live') return this.#handle;
    throw this.#state === 'consumed' ? tensorConsumed(where, this) : tensorDisposed(where, this);
  }

  #end(state: 'disposed' | 'consumed'): void {
    if (this.#state !== 'live') return;
    this.#state = state;
    this.#data = undefined;
    this.connection.releaseTensor(this.#handle);
  }
}
