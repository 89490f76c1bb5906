import type { BackendV1 } from '@etalon/spec';
import { backendDisposed } from '../contract-errors.ts';
import type { RemoteBackend } from '../remote-backend.ts';
import { Turns } from './turns.ts';

/** What the tensors and executables of one adaptive backend share. */
export class Sides {
  readonly inline: BackendV1;
  readonly now: () => number;
  readonly turns: Turns = new Turns();
  /** The worker, once it has started. */
  worker: RemoteBackend | undefined;
  isDisposed = false;
  readonly #start: () => Promise<RemoteBackend>;
  #starting: Promise<RemoteBackend> | undefined;

  constructor(inline: BackendV1, start: () => Promise<RemoteBackend>, now: () => number) {
    this.inline = inline;
    this.now = now;
    this.#start = start;
  }

  /** Starts the worker the first time. */
  startWorker(): Promise<RemoteBackend> {
    this.#starting ??= this.#start().then((worker) => {
      this.worker = worker;
      return worker;
    });
    return this.#starting;
  }

  /** @throws {DisposedError} after `dispose`. */
  requireUsable(where: string): void {
    if (this.isDisposed) throw backendDisposed(where, this.inline.name);
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    const worker = await this.#starting?.catch(() => undefined);
    await Promise.all([this.inline.dispose(), worker?.dispose()]);
  }
}
