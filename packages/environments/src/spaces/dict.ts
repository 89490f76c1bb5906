import type { RandomGenerator } from '../random/random-generator.ts';
import type { Seed } from '../random/seed-sequence.ts';
import type { SampleOptions, SpaceJson } from './space.ts';
import { invalidMask, Space, seedParts } from './space.ts';

/** Values of spaces, by name. */
export type DictValues<Spaces extends Readonly<Record<string, Space>>> = {
  -readonly [Name in keyof Spaces]: Spaces[Name] extends Space<infer Value> ? Value : never;
};

/**
 * A value of each of some spaces with names: Gymnasium's `Dict` (`gymnasium/spaces/dict.py`). Values are objects. Names are sorted by their
 * code points, as Gymnasium sorts those of a `dict`: in this order parts are seeded and drawn.
 */
export class Dict<const Spaces extends Readonly<Record<string, Space>>> extends Space<
  DictValues<Spaces>
> {
  override readonly kind: 'dict' = 'dict';
  /** Of each name. */
  readonly spaces: Spaces;

  /** Makes a space of the spaces of its parts. */
  constructor(spaces: Spaces) {
    super();
    const sorted = Object.entries(spaces).sort(([a], [b]) => (a < b ? -1 : 1));
    this.spaces = Object.fromEntries(sorted) as Spaces;
  }

  override seed(seed?: Seed | RandomGenerator): void {
    super.seed(seed);
    seedParts(this.random, Object.values(this.spaces));
  }

  /** Draws a value. Masks and probabilities: an object of those of the parts, by name. */
  override sample({ mask, probabilities }: SampleOptions = {}): DictValues<Spaces> {
    const masks = this.#namesOf(mask);
    const shares = this.#namesOf(probabilities);
    const entries = Object.entries(this.spaces).map(([name, space]) => {
      return [name, space.sample({ mask: masks[name], probabilities: shares[name] })];
    });
    return Object.fromEntries(entries) as DictValues<Spaces>;
  }

  override contains(value: unknown): value is DictValues<Spaces> {
    const names = Object.keys(this.spaces);
    if (typeof value !== 'object' || value === null) return false;
    const entries = new Map<string, unknown>(Object.entries(value));
    return (
      entries.size === names.length &&
      names.every((name) => entries.has(name) && this.spaces[name]?.contains(entries.get(name)))
    );
  }

  override toJSON(): SpaceJson {
    const entries = Object.entries(this.spaces).map(([name, space]) => [name, space.toJSON()]);
    return { kind: this.kind, spaces: Object.fromEntries(entries) };
  }

  override toString(): string {
    const parts = Object.entries(this.spaces).map(([name, space]) => `${name}: ${space}`);
    return `Dict(${parts.join(', ')})`;
  }

  #namesOf(given: unknown): Readonly<Record<string, unknown>> {
    if (given === undefined) return {};
    const names = Object.keys(this.spaces);
    const isOfNames =
      typeof given === 'object' &&
      given !== null &&
      Object.keys(given).length === names.length &&
      names.every((name) => name in given);
    if (isOfNames) return given as Record<string, unknown>;
    throw invalidMask(this, given, `an object with ${names.join(', ')}`);
  }
}
