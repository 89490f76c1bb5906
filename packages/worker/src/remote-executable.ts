import type {
  AbortSignalLike,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  NodePlacement,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { Cancellation } from './cancellation.ts';
import type { Connection } from './connection.ts';
import { executableDisposed, foreignTensor } from './contract-errors.ts';
import { packTensor } from './pack-tensor.ts';
import type { Calls, Handle } from './protocol.ts';
import { RemoteTensor } from './remote-tensor.ts';

/** Handle of an executable in the worker. */
export class RemoteExecutable implements ExecutableV1 {
  readonly #connection: Connection;
  readonly #handle: Handle;
  readonly #program: string;
  readonly #where: string;
  readonly #aliased: readonly string[];
  #isDisposed = false;

  /** @param aliased - names of the inputs that runs consume. */
  constructor(connection: Connection, handle: Handle, program: string, aliased: readonly string[]) {
    this.#connection = connection;
    this.#handle = handle;
    this.#program = program;
    this.#where = `${program} › run`;
    this.#aliased = aliased;
  }

  // Not an async function: the request is on its way before this returns, so that runs queue in the order of their calls.
  run(inputs: RunInputs, options?: RunOptions): Promise<RunOutputs> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    try {
      return this.#start(inputs, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async placement(): Promise<readonly NodePlacement[]> {
    const where = `${this.#program} › placement`;
    this.#requireAlive(where);
    return this.#connection.call('placement', this.#handle, where);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#connection.releaseExecutable(this.#handle);
  }

  #start(inputs: RunInputs, signal: AbortSignalLike | undefined): Promise<RunOutputs> {
    this.#requireAlive(this.#where);
    const transfer: ArrayBuffer[] = [];
    const request = { executable: this.#handle, ...this.#pack(inputs, transfer) };
    const connection = this.#connection;
    if (signal === undefined) return this.#send(inputs, request, { transfer });
    const id = connection.nextId;
    const cancellation = new Cancellation(signal, () => connection.cancel(id));
    try {
      return this.#send(
        inputs,
        { ...request, cancel: cancellation.sent },
        { transfer, cancellation },
      );
    } catch (error) {
      cancellation.end();
      throw error;
    }
  }

  #send(
    inputs: RunInputs,
    request: Calls['run']['request'],
    options: { readonly transfer: readonly ArrayBuffer[]; readonly cancellation?: Cancellation },
  ): Promise<RunOutputs> {
    // Which tensors the run was given must not depend on what the caller does with the record meanwhile.
    const consumed = this.#aliased.map((name) => inputs[name]);
    return this.#connection.call('run', request, this.#where, options).then((outputs) => {
      for (const tensor of consumed) if (tensor instanceof RemoteTensor) tensor.consume();
      const tensors: Record<string, RemoteTensor> = {};
      for (const [name, output] of Object.entries(outputs)) {
        tensors[name] = new RemoteTensor(this.#connection, output);
      }
      return tensors;
    });
  }

  #pack(
    inputs: RunInputs,
    transfer: ArrayBuffer[],
  ): Pick<Calls['run']['request'], 'values' | 'tensors'> {
    const values: Record<string, unknown> = {};
    const tensors: Record<string, Handle> = {};
    for (const [name, value] of Object.entries(inputs)) {
      const where = `${this.#program} › input "${name}"`;
      if (value instanceof RemoteTensor) {
        if (value.connection !== this.#connection) throw this.#foreign(where);
        tensors[name] = value.use(where);
      } else if (isDeviceTensor(value)) {
        throw this.#foreign(where);
      } else {
        values[name] = isObject(value) ? packTensor(value as HostTensor, transfer) : value;
      }
    }
    return { values, tensors };
  }

  #foreign(where: string): Error {
    return foreignTensor(where, this.#connection.backend);
  }

  #requireAlive(where: string): void {
    this.#connection.requireOpen(where);
    if (this.#isDisposed) throw executableDisposed(where);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isDeviceTensor(value: unknown): value is DeviceTensorV1 {
  return isObject(value) && 'read' in value && 'dispose' in value;
}
