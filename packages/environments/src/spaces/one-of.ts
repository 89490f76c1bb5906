import { freshSeed } from '../random/fresh-seed.ts';
import type { RandomGenerator } from '../random/random-generator.ts';
import type { Seed } from '../random/seed-sequence.ts';
import type { SampleOptions, SpaceJson } from './space.ts';
import { Space, seedParts } from './space.ts';
import { partsOf } from './tuple.ts';

/** A value of one of some spaces: Gymnasium's `OneOf` (`gymnasium/spaces/oneof.py`). Values are arrays of the space's place and its value. */
export class OneOf extends Space<[number, unknown]> {
  override readonly kind: 'oneOf' = 'oneOf';
  /** Of which values may be. */
  readonly spaces: readonly Space[];

  /** Makes a space of others. */
  constructor(spaces: readonly Space[]) {
    super();
    this.spaces = spaces;
  }

  override seed(seed: Seed | RandomGenerator = freshSeed()): void {
    super.seed(seed);
    const begin = this.random.clone();
    seedParts(this.random, this.spaces);
    // Its own draws begin with those that gave the seeds, as Gymnasium's do.
    super.seed(begin);
  }

  /** Draws a value. Masks and probabilities: an array of those of the spaces, with `undefined` where there is none. */
  override sample({ mask, probabilities }: SampleOptions = {}): [number, unknown] {
    const masks = partsOf(this, mask, this.spaces.length);
    const shares = partsOf(this, probabilities, this.spaces.length);
    const at = this.random.integers(0, this.spaces.length);
    return [at, this.spaces[at]?.sample({ mask: masks[at], probabilities: shares[at] })];
  }

  override contains(value: unknown): value is [number, unknown] {
    return (
      Array.isArray(value) &&
      value.length === 2 &&
      Number.isInteger(value[0]) &&
      this.spaces[value[0] as number]?.contains(value[1]) === true
    );
  }

  override toJSON(): SpaceJson {
    return { kind: this.kind, spaces: this.spaces.map((space) => space.toJSON()) };
  }

  override toString(): string {
    return `OneOf(${this.spaces.join(', ')})`;
  }
}
