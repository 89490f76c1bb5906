import type { BackendV1, DeviceTensorV1, DType, ExecutableV1, RunInputs } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import { calledOff, SentSignal } from './cancellation.ts';
import type { Port } from './port.ts';
import type { Answer, CallName, Calls, Handle, Notices, Request, SentOutput } from './protocol.ts';
import { packError } from './sent-error.ts';

/** Options of {@link serveBackend}. */
export interface ServeOptions<B extends BackendV1> {
  /**
   * Outputs of at most so many bytes travel with the answer of their run, so that reading them needs no message of its own; aliased
   * outputs, which are fed back, do not. For engines whose `read()` does not wait. Default 0: none.
   */
  readonly eagerBytes?: number;
  /** Plain data about the backend, sent with each answer. */
  readonly report?: (backend: B) => unknown;
}

/**
 * Serves one backend at the worker's end of a port, for `connectBackend` at the other end.
 *
 * @param createBackend - is given the client's options when the client connects. What it throws reaches the client.
 *
 * @example
 * serveBackend(port, (options) => createMyBackend(options));
 */
export function serveBackend<B extends BackendV1>(
  port: Port,
  createBackend: (options: unknown) => B | Promise<B>,
  options: ServeOptions<B> = {},
): void {
  const server = new Server(port, createBackend, options);
  port.listen({
    receive: (message) => server.receive(message as Request),
    end: () => void server.abandon(),
  });
}

interface Served {
  readonly executable: ExecutableV1;
  readonly aliased: ReadonlySet<string>;
}

type Handlers<B> = {
  readonly [N in CallName]: (
    request: Calls[N]['request'],
    call: { readonly id: number; readonly transfer: ArrayBuffer[]; readonly backend: () => B },
  ) => Promise<Calls[N]['answer']>;
};

class Server<B extends BackendV1> {
  readonly #port: Port;
  readonly #options: ServeOptions<B>;
  readonly #handlers: Handlers<B>;
  readonly #tensors: Map<Handle, DeviceTensorV1> = new Map();
  readonly #executables: Map<Handle, Served> = new Map();
  readonly #signals: Map<number, SentSignal> = new Map();
  #backend: B | undefined;
  #nextHandle = 0;

  constructor(
    port: Port,
    createBackend: (options: unknown) => B | Promise<B>,
    options: ServeOptions<B>,
  ) {
    this.#port = port;
    this.#options = options;
    this.#handlers = {
      create: async (request) => {
        this.#backend = await createBackend(request);
        const { name, manifest } = this.#backend;
        return { name, manifest };
      },
      compile: async ({ program, aliases }, { backend }) => {
        const executable = await backend().compile(program, { aliases });
        const aliased = new Set(Object.keys(aliases));
        return this.#keep(this.#executables, { executable, aliased });
      },
      upload: async (tensor, { backend }) => this.#send(await backend().upload(tensor)),
      run: (request, { id }) => this.#run(request, id),
      read: async (handle, { transfer }) => {
        const tensor = await required(this.#tensors, handle).read();
        const { buffer, byteLength } = tensor.data;
        // A view of a larger buffer is cloned: the rest may be the engine's.
        if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength)
          transfer.push(buffer);
        return tensor;
      },
      placement: (handle) => required(this.#executables, handle).executable.placement(),
      dispose: async (_, { backend }) => {
        await backend().dispose();
        this.#tensors.clear();
        this.#executables.clear();
        return undefined;
      },
    };
  }

  receive({ notices, call }: Request): void {
    if (notices !== undefined) this.#heed(notices);
    if (call !== undefined) void this.#answer(call);
  }

  /** Frees everything: nobody will ask any more. */
  async abandon(): Promise<void> {
    await this.#backend?.dispose().catch(() => undefined);
  }

  #heed({ tensors = [], executables = [], cancelled = [] }: Notices): void {
    for (const handle of tensors) {
      this.#tensors.get(handle)?.dispose();
      this.#tensors.delete(handle);
    }
    for (const handle of executables) {
      this.#executables.get(handle)?.executable.dispose();
      this.#executables.delete(handle);
    }
    for (const id of cancelled) this.#signals.get(id)?.cancel();
  }

  // The backend is called before this first waits: calls reach it in the order they were sent.
  async #answer({ id, name, request }: NonNullable<Request['call']>): Promise<void> {
    const transfer: ArrayBuffer[] = [];
    try {
      const handler = this.#handlers[name] as Handlers<B>['create'];
      const answer = await handler(request, { id, transfer, backend: () => this.#current() });
      const report = this.#backend && this.#options.report?.(this.#backend);
      this.#post({ id, outcome: 'answered', answer, report }, transfer);
    } catch (error) {
      this.#port.post(
        error === calledOff
          ? { id, outcome: 'cancelled' }
          : { id, outcome: 'failed', error: packError(error) },
      );
    } finally {
      this.#signals.delete(id);
    }
  }

  #post(answer: Answer, transfer: readonly ArrayBuffer[]): void {
    try {
      this.#port.post(answer, transfer);
    } catch (error) {
      // Some buffers refuse to move: WebAssembly's memory.
      if (transfer.length === 0) throw error;
      this.#port.post(answer);
    }
  }

  async #run(
    { executable, values, tensors, cancel }: Calls['run']['request'],
    id: number,
  ): Promise<Calls['run']['answer']> {
    const served = required(this.#executables, executable);
    const inputs: Record<string, unknown> = { ...values };
    for (const [name, handle] of Object.entries(tensors)) {
      inputs[name] = required(this.#tensors, handle);
    }
    const signal = cancel && new SentSignal(cancel);
    if (signal !== undefined) this.#signals.set(id, signal);
    const outputs = await served.executable.run(inputs as RunInputs, signal && { signal });
    const sent: Record<string, SentOutput> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      sent[name] = this.#send(tensor);
      if (served.aliased.has(name) || !this.#isEager(tensor)) continue;
      // A failure is told to whoever reads.
      const read = await tensor.read().catch(() => undefined);
      if (read !== undefined) sent[name] = { ...sent[name], data: read.data };
    }
    return sent;
  }

  #isEager({ dtype, shape }: DeviceTensorV1): boolean {
    const { eagerBytes = 0 } = this.#options;
    return shape.reduce((bytes, size) => bytes * size, elementBytes[dtype]) <= eagerBytes;
  }

  #send(tensor: DeviceTensorV1): SentOutput {
    const { dtype, shape } = tensor;
    return { tensor: this.#keep(this.#tensors, tensor), dtype, shape };
  }

  #keep<T>(kept: Map<Handle, T>, item: T): Handle {
    const handle = this.#nextHandle;
    this.#nextHandle += 1;
    kept.set(handle, item);
    return handle;
  }

  #current(): B {
    if (this.#backend !== undefined) return this.#backend;
    throw new InternalError(
      'INTERNAL_WORKER_PROTOCOL',
      'worker: a call came before the backend was created, got none.',
    );
  }
}

const elementBytes: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1 };

function required<T>(kept: ReadonlyMap<Handle, T>, handle: Handle): T {
  const item = kept.get(handle);
  if (item !== undefined) return item;
  throw new InternalError(
    'INTERNAL_WORKER_PROTOCOL',
    `worker: nothing has this handle, got ${handle}.`,
  );
}
