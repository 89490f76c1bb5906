import { freshSeed } from '../random/fresh-seed.ts';
import type { RandomGenerator } from '../random/random-generator.ts';
import type { Seed } from '../random/seed-sequence.ts';
import type { SampleOptions, SpaceJson } from './space.ts';
import { invalidMask, Space, seedParts } from './space.ts';

/** What draws of a {@link Sequence} may be held to. */
export interface SequenceSampleOptions extends SampleOptions {
  /** Number of values, or some of which one is drawn; without it, geometrically distributed with a mean of 4. */
  readonly length?: number | readonly number[] | undefined;
}

/** Any number of values of a space: Gymnasium's `Sequence` (`gymnasium/spaces/sequence.py`), not stacked. Values are arrays. */
export class Sequence<Value> extends Space<Value[]> {
  override readonly kind: 'sequence' = 'sequence';
  /** Of each value. */
  readonly space: Space<Value>;

  /** Makes a space of the space of its values. */
  constructor(space: Space<Value>) {
    super();
    this.space = space;
  }

  override seed(seed: Seed | RandomGenerator = freshSeed()): void {
    super.seed(seed);
    const begin = this.random.clone();
    seedParts(this.random, [this.space]);
    // Its own draws begin with the one that gave the seed, as Gymnasium's do.
    super.seed(begin);
  }

  /** Draws values. The mask, or probabilities, are those of each value. */
  override sample({ length, ...options }: SequenceSampleOptions = {}): Value[] {
    return Array.from({ length: this.#drawLength(length) }, () => this.space.sample(options));
  }

  override contains(value: unknown): value is Value[] {
    return Array.isArray(value) && value.every((own) => this.space.contains(own));
  }

  override toJSON(): SpaceJson {
    return { kind: this.kind, space: this.space.toJSON() };
  }

  override toString(): string {
    return `Sequence(${this.space})`;
  }

  #drawLength(given: number | readonly number[] | undefined): number {
    if (given === undefined) return this.random.geometric(0.25);
    const lengths = typeof given === 'number' ? [given] : given;
    if (lengths.length === 0 || !lengths.every((own) => Number.isSafeInteger(own) && own >= 0)) {
      throw invalidMask(this, { length: given }, 'lengths of at least 0');
    }
    return typeof given === 'number' ? given : this.random.choice(given);
  }
}
