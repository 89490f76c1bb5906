/**
 * Runs tasks one after the other, in the order they were added.
 *
 * One queue serves a whole backend: native runs are synchronous, so that nothing is lost, and a tensor that
 * one executable consumes is seen as consumed by the runs that were called after.
 */
export class RunQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #pending = 0;

  /** Starts the task at once when the queue is empty, else after the tasks before it. */
  add<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#pending === 0 ? task() : this.#tail.then(task);
    this.#pending += 1;
    this.#tail = result.then(this.#settle, this.#settle);
    return result;
  }

  /** Resolves when the tasks that were added before have ended. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  readonly #settle = (): void => {
    this.#pending -= 1;
  };
}
