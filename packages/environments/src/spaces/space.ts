import { EnvironmentError } from '../errors.ts';
import { freshSeed } from '../random/fresh-seed.ts';
import { RandomGenerator } from '../random/random-generator.ts';
import type { Seed } from '../random/seed-sequence.ts';

/** A space written down: what {@link Space.toJSON} returns and `spaceFromJson` reads. */
export interface SpaceJson {
  /** Which class of space. */
  readonly kind: string;
  readonly [property: string]: unknown;
}

/** What a draw may be held to; the shape of either is told by each space. */
export interface SampleOptions {
  /** Which values may be drawn. */
  readonly mask?: unknown;
  /** How probable each value is. */
  readonly probabilities?: unknown;
}

/** Below this, spaces seed the spaces they are made of: NumPy's largest int32. */
const seedLimit = 2 ** 31 - 1;

/**
 * A set of values that an environment observes or takes: Gymnasium's `Space` (`gymnasium/spaces/space.py`).
 *
 * A space draws from random numbers of its own, which {@link Space.seed} begins; `reset` of an environment leaves them alone.
 */
export abstract class Space<Value = unknown> {
  /** Which class of space this is. */
  abstract readonly kind: string;

  #random: RandomGenerator | undefined;

  /** Random numbers of this space; until it is seeded, of a seed from the operating system. */
  get random(): RandomGenerator {
    this.#random ??= new RandomGenerator(freshSeed());
    return this.#random;
  }

  /**
   * Begins the draws of a seed anew; those of the spaces that this one is made of, too.
   *
   * @param seed - a seed, or random numbers to draw from; without one, a seed of the operating system.
   * @throws {EnvironmentError} `INVALID_SEED` when the seed is no integer of at least 0.
   */
  seed(seed: Seed | RandomGenerator = freshSeed()): void {
    this.#random = seed instanceof RandomGenerator ? seed : new RandomGenerator(seed);
  }

  /**
   * Draws a value.
   *
   * @throws {EnvironmentError} `INVALID_MASK` when a mask or probabilities are not for this space.
   */
  abstract sample(options?: SampleOptions): Value;

  /** Returns whether a value lies in the space. */
  abstract contains(value: unknown): value is Value;

  /** Returns all that makes the space, as plain data. */
  abstract toJSON(): SpaceJson;

  /** Returns the space as one writes it. */
  abstract toString(): string;

  /** Returns whether another space has the same values. */
  equals(other: Space): boolean {
    return JSON.stringify(this) === JSON.stringify(other);
  }
}

/** Seeds spaces with draws of one generator, as Gymnasium does for the parts of a space. */
export function seedParts(random: RandomGenerator, parts: readonly Space[]): void {
  const seeds = parts.map(() => random.integers(0, seedLimit));
  for (const [at, part] of parts.entries()) part.seed(seeds[at] ?? 0);
}

/** Reports a space that cannot be. */
export function invalidSpace(where: string, got: unknown, expected: string): EnvironmentError {
  return new EnvironmentError('INVALID_SPACE', [
    `${where}: there must be values in the space, got ${format(got)}.`,
    `Expected ${expected}.`,
  ]);
}

/** Reports a mask, or probabilities, that are not for a space. */
export function invalidMask(space: Space, got: unknown, expected: string): EnvironmentError {
  return new EnvironmentError('INVALID_MASK', [
    `${space}.sample: a mask or probabilities must be of the space, got ${format(got)}.`,
    `Expected ${expected}.`,
  ]);
}

/** Returns a value as messages show it. */
export function format(value: unknown): string {
  if (ArrayBuffer.isView(value)) {
    const numbers = Array.from(value as unknown as ArrayLike<number>);
    const shown = numbers.slice(0, 8).join(', ');
    return `${value.constructor.name} [${shown}${numbers.length > 8 ? ', …' : ''}]`;
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' || value === undefined) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
