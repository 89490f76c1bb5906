import { DataError } from '@etalon/spec';
import type { Cancellation } from './cancellation.ts';
import { backendDisposed, workerDied } from './contract-errors.ts';
import type { Port, PortEnd } from './port.ts';
import type { Answer, CallName, Calls, Handle, Notices, Request } from './protocol.ts';
import { unpackError } from './sent-error.ts';

interface Pending {
  /** Begins the message if the worker ends: `digits › run`. */
  readonly where: string;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly cancellation: Cancellation | undefined;
}

interface CallOptions {
  readonly transfer?: readonly ArrayBuffer[];
  /** Makes the abort of a run, given the number of its call. */
  readonly cancellation?: Cancellation;
}

/**
 * The client's end of a port: numbers calls, matches answers, sends what has no answer along, and holds the process while calls are
 * pending.
 */
export class Connection {
  /** Name of the backend; empty until there is one. */
  backend = '';
  /** What the worker told last about its backend. */
  report: unknown;
  readonly #port: Port;
  readonly #pending: Map<number, Pending> = new Map();
  #nextId = 0;
  #ended: PortEnd | undefined;
  #isDisposed = false;
  #notices: { -readonly [K in keyof Notices]: number[] } = {};
  #flush: Promise<void> | undefined;

  constructor(port: Port) {
    this.#port = port;
    port.listen({
      receive: (message) => this.#receive(message as Answer),
      end: (reason) => this.#end(reason),
    });
  }

  /** The number that the next call will have. */
  get nextId(): number {
    return this.#nextId;
  }

  /**
   * Checks that calls can be made.
   *
   * @throws {DisposedError} after `close`.
   * @throws {BackendError} `BACKEND_WORKER_DIED` when the worker has ended by itself.
   */
  requireOpen(where: string): void {
    if (this.#isDisposed) throw backendDisposed(where, this.backend);
    if (this.#ended !== undefined) throw this.#died(where, this.#ended);
  }

  /**
   * Sends a request; what it holds is cloned before this returns.
   *
   * @throws {DataError} `NOT_CLONABLE` when the request holds what cannot be sent.
   */
  call<N extends CallName>(
    name: N,
    request: Calls[N]['request'],
    where: string,
    { transfer = [], cancellation }: CallOptions = {},
  ): Promise<Calls[N]['answer']> {
    this.requireOpen(where);
    const id = this.#nextId;
    this.#nextId += 1;
    this.#post(where, { call: { id, name, request } }, transfer);
    if (this.#pending.size === 0) this.#port.hold();
    return new Promise((resolve, reject) => {
      const settle = resolve as (answer: unknown) => void;
      this.#pending.set(id, { where, resolve: settle, reject, cancellation });
    });
  }

  /** Tells the worker that tensors have ended. */
  releaseTensor(tensor: Handle): void {
    this.#notices.tensors ??= [];
    this.#notices.tensors.push(tensor);
    this.#scheduleFlush();
  }

  /** Tells the worker that an executable has ended. */
  releaseExecutable(executable: Handle): void {
    this.#notices.executables ??= [];
    this.#notices.executables.push(executable);
    this.#scheduleFlush();
  }

  /** Calls a run off by message. */
  cancel(id: number): void {
    this.#notices.cancelled ??= [];
    this.#notices.cancelled.push(id);
    this.#scheduleFlush();
  }

  /** Disposes the backend behind the port, then ends the port. Calls that are still pending then are rejected. */
  async dispose(): Promise<void> {
    const where = `${this.backend} › dispose`;
    const hasEnded = this.#ended !== undefined;
    const disposed = hasEnded ? undefined : this.call('dispose', undefined, where);
    this.#isDisposed = true;
    try {
      await disposed;
    } catch (error) {
      // A worker that died meanwhile has freed everything.
      if (this.#ended === undefined) throw error;
    } finally {
      await this.close();
    }
  }

  /** Ends the port without asking. */
  async close(): Promise<void> {
    this.#isDisposed = true;
    await this.#port.close();
    this.#end({ what: 'a closed port' });
  }

  #post(where: string, message: Request, transfer: readonly ArrayBuffer[]): void {
    const notices = this.#notices;
    const hasNotices = Object.keys(notices).length > 0;
    try {
      this.#port.post(hasNotices ? { ...message, notices } : message, transfer);
    } catch (cause) {
      throw notClonable(where, cause);
    }
    if (hasNotices) this.#notices = {};
  }

  // With the next call, or else before the event loop turns: a message of its own costs more than a place in another.
  #scheduleFlush(): void {
    this.#flush ??= Promise.resolve().then(() => {
      this.#flush = undefined;
      if (this.#ended !== undefined || Object.keys(this.#notices).length === 0) return;
      this.#post(this.backend, {}, []);
    });
  }

  #receive({ id, outcome, answer, error, report }: Answer): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#forget(id, pending);
    if (outcome === 'answered') {
      this.report = report;
      pending.resolve(answer);
    } else if (outcome === 'cancelled') {
      pending.reject(pending.cancellation?.reason);
    } else {
      pending.reject(error && unpackError(error));
    }
    for (const other of this.#pending.values()) other.cancellation?.check();
  }

  #end(reason: PortEnd): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    for (const [id, pending] of [...this.#pending]) {
      this.#forget(id, pending);
      const { where } = pending;
      pending.reject(
        this.#isDisposed ? backendDisposed(where, this.backend) : this.#died(where, reason),
      );
    }
  }

  #died(where: string, reason: PortEnd): Error {
    return workerDied(where, reason, this.backend === '');
  }

  #forget(id: number, { cancellation }: Pending): void {
    this.#pending.delete(id);
    cancellation?.end();
    if (this.#pending.size === 0) this.#port.release();
  }
}

function notClonable(where: string, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError(
    'NOT_CLONABLE',
    `${where}: a value cannot be sent to the worker, got ${JSON.stringify(reason)}.\nExpected plain data and typed arrays: functions, modules and handles of other libraries stay in their thread.`,
    { cause },
  );
}
