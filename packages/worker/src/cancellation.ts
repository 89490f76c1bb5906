import type { AbortSignalLike } from '@etalon/spec';

/** What the platform's `AbortSignal` has beyond the contract's. */
interface SignalWithEvents extends AbortSignalLike {
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Carries the abort of a signal to the worker: by one number in shared memory, which a busy worker sees before its next run, or by a
 * message where memory cannot be shared.
 */
export class Cancellation {
  /** What the request of the run holds. */
  readonly sent: Int32Array | 'by message';
  readonly #signal: AbortSignalLike;
  readonly #notify: () => void;
  #isDone = false;

  /** @param notify - sends the message; called once at most, and only where it is needed. */
  constructor(signal: AbortSignalLike, notify: () => void) {
    this.sent =
      typeof SharedArrayBuffer === 'function'
        ? new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
        : 'by message';
    this.#signal = signal;
    this.#notify = notify;
    if (hasEvents(signal)) signal.addEventListener('abort', this.check);
  }

  /** Why the run was called off. */
  get reason(): unknown {
    return this.#signal.reason;
  }

  /** Passes an abort on. The signal's event calls it; for signals without events, whoever has an occasion. */
  readonly check = (): void => {
    if (this.#isDone || !this.#signal.aborted) return;
    this.end();
    if (this.sent === 'by message') this.#notify();
    else Atomics.store(this.sent, 0, 1);
  };

  /** Stops listening. */
  end(): void {
    this.#isDone = true;
    if (hasEvents(this.#signal)) this.#signal.removeEventListener('abort', this.check);
  }
}

function hasEvents(signal: AbortSignalLike): signal is SignalWithEvents {
  return 'addEventListener' in signal && 'removeEventListener' in signal;
}

/** What a run in the worker that was called off rejects with; the client puts the signal's reason in its place. */
export const calledOff: Error = new Error('called off');

/** The signal that the backend in the worker reads. */
export class SentSignal implements AbortSignalLike {
  readonly reason: unknown = calledOff;
  readonly #flag: Int32Array | undefined;
  #isCancelled = false;

  constructor(sent: Int32Array | 'by message') {
    this.#flag = sent === 'by message' ? undefined : sent;
  }

  get aborted(): boolean {
    return this.#isCancelled || (this.#flag !== undefined && Atomics.load(this.#flag, 0) === 1);
  }

  /** Aborts, because a message came. */
  cancel(): void {
    this.#isCancelled = true;
  }
}
