import type { HostTensor } from '@etalon/spec';
import { DisposedError, TrainingError } from '@etalon/spec';
import { LiveState } from './live-state.ts';
import { SharedLock } from './shared-lock.ts';

/** The training state of one trainer, and who may touch it when. */
export class GuardedState {
  readonly #model: string;
  readonly #state: LiveState;
  readonly #lock: SharedLock = new SharedLock();
  /** Name of the call that owns the state over several steps. */
  #owner: string | undefined;
  #isDisposed = false;

  constructor(model: string, tensors: Readonly<Record<string, HostTensor>>) {
    this.#model = model;
    this.#state = new LiveState(tensors);
  }

  /** Runs `body` while no step runs; `called` names the trainer's method. */
  async reading<R>(called: string, body: (state: LiveState) => Promise<R>): Promise<R> {
    return this.#lock.read(async () => {
      this.#requireLive(called);
      return body(this.#state);
    });
  }

  /** Runs `body` while nobody else reads or writes. */
  async writing<R>(called: string, body: (state: LiveState) => R | Promise<R>): Promise<R> {
    return this.#lock.write(() => {
      this.#requireLive(called);
      return body(this.#state);
    });
  }

  /**
   * Runs `body`, between whose steps others may read but not start another run.
   *
   * @throws {TrainingError} (rejects) when such a run is under way.
   */
  async alone<R>(called: string, body: () => Promise<R>): Promise<R> {
    this.#requireLive(called);
    const owner = this.#owner;
    if (owner !== undefined) {
      throw new TrainingError(
        'TRAINING_BUSY',
        `trainer of "${this.#model}": ${called}() was called while ${owner}() runs.\nFix: await the running ${owner}() first.`,
      );
    }
    this.#owner = called;
    try {
      return await body();
    } finally {
      this.#owner = undefined;
    }
  }

  /** Frees the state, and with `free` what else belongs to it: now, or when what runs has ended. */
  dispose(free: () => void): void {
    this.#isDisposed = true;
    const freeAll = (): void => {
      this.#state.dispose();
      free();
    };
    if (this.#lock.isFree) freeAll();
    else void this.#lock.write(freeAll);
  }

  #requireLive(called: string): void {
    if (!this.#isDisposed) return;
    throw new DisposedError(
      'TRAINER_DISPOSED',
      `trainer of "${this.#model}": ${called}() was called, or still ran, after dispose().`,
    );
  }
}
