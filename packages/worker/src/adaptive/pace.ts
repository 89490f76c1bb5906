/**
 * Milliseconds from which a run belongs in the worker. A call there costs about 0.1 ms more (docs/decisions/0008): at most a twentieth of
 * such a run, and an event loop that stands still for 2 ms at a time, call after call, is felt by everything else in the process.
 */
const slow = 2;

/** Milliseconds from which a single run is enough: what the W3C's Long Tasks specification calls a long task. */
const long = 50;

/** Judges from the times of runs whether an executable takes long. */
export class Pace {
  #previous = 0;

  /**
   * Takes the time of one more run. A run is slow when the one before was too: the first run of an engine, or one that shared the
   * thread with other work, says little.
   */
  isSlow(milliseconds: number): boolean {
    const fastest = Math.min(this.#previous, milliseconds);
    this.#previous = milliseconds;
    return fastest >= slow || milliseconds >= long;
  }
}
