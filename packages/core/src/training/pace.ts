/**
 * Milliseconds that a call of the backend should take: progress, abort and the check for NaN come between calls, so
 * that a person sees them about four times a second. Longer calls gain nothing: what a call costs besides its steps is
 * below a millisecond on every engine.
 */
const targetMilliseconds = 250;

/** Steps of the first call, before anything is measured. */
const firstSteps = 8;

/** Largest factor from one call to the next: a first measurement may be far off. */
const growth = 8;

/** How many steps a call may make. */
export interface PaceOptions {
  /** The number that was asked for; `undefined` leaves it to measurements. */
  readonly fixed?: number | undefined;
  /** Largest number, by what the data of a call may take. */
  readonly limit: number;
}

/** Chooses how many training steps the next call of the backend makes, by how long the last ones took. */
export class Pace {
  readonly #fixed: number | undefined;
  readonly #limit: number;
  #steps: number;

  constructor({ fixed, limit }: PaceOptions) {
    this.#fixed = fixed;
    this.#limit = Math.max(1, limit);
    this.#steps = fixed ?? Math.min(firstSteps, this.#limit);
  }

  /** Steps of the next call. */
  get steps(): number {
    return this.#steps;
  }

  /** Takes note of a call that made some steps. */
  record(steps: number, milliseconds: number): void {
    if (this.#fixed !== undefined) return;
    // The clock counts milliseconds.
    const perStep = Math.max(milliseconds, 1) / steps;
    const wanted = Math.min(targetMilliseconds / perStep, this.#steps * growth, this.#limit);
    // Powers of two: calls of equal length share what backends keep for a shape.
    this.#steps = Math.max(1, 2 ** Math.floor(Math.log2(Math.max(1, wanted))));
  }
}
