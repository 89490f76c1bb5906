/**
 * Lets many read or one write. Readers do not wait for a waiting writer, so that a reader may start another one
 * while it reads.
 */
export class SharedLock {
  #readers = 0;
  #isWriting = false;
  #calledWriters = 0;
  #doneWriters = 0;
  #waiting: (() => void)[] = [];

  /** Whether nobody reads or writes. */
  get isFree(): boolean {
    return !this.#isWriting && this.#readers === 0;
  }

  /** Runs `body` while nobody writes. */
  async read<R>(body: () => Promise<R>): Promise<R> {
    while (this.#isWriting) await this.#change();
    this.#readers++;
    try {
      return await body();
    } finally {
      this.#readers--;
      this.#wake();
    }
  }

  /** Runs `body` while nobody else reads or writes; writers take turns in the order of their calls. */
  async write<R>(body: () => R | Promise<R>): Promise<R> {
    const turn = this.#calledWriters++;
    while (!this.isFree || turn !== this.#doneWriters) await this.#change();
    this.#isWriting = true;
    try {
      return await body();
    } finally {
      this.#isWriting = false;
      this.#doneWriters++;
      this.#wake();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const resume of woken) resume();
  }
}
