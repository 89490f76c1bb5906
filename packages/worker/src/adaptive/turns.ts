/** Where work runs: in the caller's thread or in the worker. */
export type Side = 'inline' | 'worker';

/**
 * Lets runs of one side go on together, and those of the other side wait: runs take effect in the order of their calls, although
 * each side has a queue of its own.
 */
export class Turns {
  #side: Side = 'inline';
  #running = 0;
  #isAlone = false;
  readonly #waiting: { readonly side: Side; readonly start: () => void }[] = [];

  /** Whether exactly one run is under way. */
  get isSingle(): boolean {
    return this.#running === 1;
  }

  /** Enters where nothing stands in the way; else tells so. */
  tryEnter(side: Side): boolean {
    if (this.#waiting.length > 0 || !this.#isOpenFor(side)) return false;
    this.#side = side;
    this.#running += 1;
    return true;
  }

  /** Enters after everything that was called before; nobody else enters until `share`. */
  enterAlone(side: Side): Promise<void> {
    return new Promise((start) => {
      this.#waiting.push({ side, start });
      this.#next();
    });
  }

  /** Lets others of the side in. */
  share(): void {
    this.#isAlone = false;
    this.#next();
  }

  leave(): void {
    this.#running -= 1;
    this.#next();
  }

  #isOpenFor(side: Side): boolean {
    return !this.#isAlone && (this.#running === 0 || this.#side === side);
  }

  #next(): void {
    const next = this.#waiting[0];
    if (next === undefined || !this.#isOpenFor(next.side)) return;
    this.#waiting.shift();
    this.#side = next.side;
    this.#running += 1;
    this.#isAlone = true;
    next.start();
  }
}
