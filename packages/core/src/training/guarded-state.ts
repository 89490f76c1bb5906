import type { DisposedError, HostTensor } from '@etalon/spec';
import { TrainingError } from '@etalon/spec';
import { LiveState } from './live-state.ts';
import { SharedLock } from './shared-lock.ts';

/** Whose state it is, in messages. */
export interface StateOwner {
  /** Begins messages: `trainer of "digits"`. */
  readonly where: string;
  /** The error of a call after `dispose`. */
  readonly disposed: (called: string) => DisposedError;
}

/** The state that a trainer or a loop carries, and who may touch it when. */
export class GuardedState {
  readonly #owned: StateOwner;
  readonly #state: LiveState;
  readonly #lock: SharedLock = new SharedLock();
  /** Name of the call that owns the state over several steps. */
  #owner: string | undefined;
  #isDisposed = false;

  constructor(owned: StateOwner, tensors: Readonly<Record<string, HostTensor>>) {
    this.#owned = owned;
    this.#state = new LiveState(tensors);
  }

  /** Runs `body` while no step runs; `called` names the owner's method. */
  async reading<R>(called: string, body: (state: LiveState) => Promise<R>): Promise<R> {
    return this.#lock.read(async () => {
      this.#requireLive(called);
      return body(this.#state);
    });
  }

  /** Runs `body` while nobody else reads or writes, in the order of the calls. */
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
        `${this.#owned.where}: ${called}() was called while ${owner}() runs.\nFix: await the running ${owner}() first.`,
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
    throw this.#owned.disposed(called);
  }
}
