/**
 * Milliseconds from which a run belongs in the worker. A call there costs about 0.1 ms more (docs/decisions/0008): at most a twentieth of
 * such a run, and an event loop that stands still for 2 ms at a time, call after call, is felt by everything else in the process.
 */
const slow = 2;

/** Milliseconds of what the W3C's Long Tasks specification calls a long task. */
const long = 50;

/** A busy machine now and then stops a process for longer than a small run takes: two such runs in a row were seen, not eight. */
const slowRuns = 8;

/** Fewer where each run hurts: an epoch in one call. */
const longRuns = 2;

/** Judges from the times of runs whether an executable takes long. */
export class Pace {
  #runs = 0;
  #slowInARow = 0;
  #longAtFirst = 0;

  /** Takes the time of one more run and tells whether all of the latest were slow, or the very first were long. */
  isSlow(milliseconds: number): boolean {
    this.#runs += 1;
    this.#slowInARow = milliseconds >= slow ? this.#slowInARow + 1 : 0;
    if (this.#runs <= longRuns && milliseconds >= long) this.#longAtFirst += 1;
    return this.#slowInARow >= slowRuns || this.#longAtFirst === longRuns;
  }
}
