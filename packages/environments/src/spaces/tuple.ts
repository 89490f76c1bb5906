import type { RandomGenerator } from '../random/random-generator.ts';
import type { Seed } from '../random/seed-sequence.ts';
import type { SampleOptions, SpaceJson } from './space.ts';
import { invalidMask, Space, seedParts } from './space.ts';

/** Values of spaces, in order. */
export type TupleValues<Spaces extends readonly Space[]> = {
  -readonly [At in keyof Spaces]: Spaces[At] extends Space<infer Value> ? Value : never;
};

/** A value of each of some spaces: Gymnasium's `Tuple` (`gymnasium/spaces/tuple.py`). Values are arrays. */
export class Tuple<const Spaces extends readonly Space[]> extends Space<TupleValues<Spaces>> {
  override readonly kind: 'tuple' = 'tuple';
  /** Of each part. */
  readonly spaces: Spaces;

  /** Makes a space of the spaces of its parts. */
  constructor(spaces: Spaces) {
    super();
    this.spaces = spaces;
  }

  override seed(seed?: Seed | RandomGenerator): void {
    super.seed(seed);
    seedParts(this.random, this.spaces);
  }

  /** Draws a value. Masks and probabilities: an array of those of the parts, with `undefined` where there is none. */
  override sample({ mask, probabilities }: SampleOptions = {}): TupleValues<Spaces> {
    const masks = partsOf(this, mask, this.spaces.length);
    const shares = partsOf(this, probabilities, this.spaces.length);
    return this.spaces.map((space, at) =>
      space.sample({ mask: masks[at], probabilities: shares[at] }),
    ) as TupleValues<Spaces>;
  }

  override contains(value: unknown): value is TupleValues<Spaces> {
    return (
      Array.isArray(value) &&
      value.length === this.spaces.length &&
      this.spaces.every((space, at) => space.contains(value[at]))
    );
  }

  override toJSON(): SpaceJson {
    return { kind: this.kind, spaces: this.spaces.map((space) => space.toJSON()) };
  }

  override toString(): string {
    return `Tuple(${this.spaces.join(', ')})`;
  }
}

/** Masks, or probabilities, of the parts of a space. */
export function partsOf(space: Space, given: unknown, count: number): readonly unknown[] {
  if (given === undefined) return [];
  if (Array.isArray(given) && given.length === count) return given;
  throw invalidMask(space, given, `an array of ${count}, one of each part`);
}
