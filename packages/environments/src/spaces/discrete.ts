import type { SpaceJson } from './space.ts';
import { invalidMask, invalidSpace, Space } from './space.ts';

/** What draws of a {@link Discrete} space may be held to: one of the two. */
export interface DiscreteSampleOptions {
  /** 1 for each value that may be drawn, 0 for each other: `[count]`. Where there is none, `start` is drawn. */
  readonly mask?: ArrayLike<number> | undefined;
  /** Of each value, `[count]`. */
  readonly probabilities?: ArrayLike<number> | undefined;
}

/** The integers from `start` on, `count` of them: Gymnasium's `Discrete` (`gymnasium/spaces/discrete.py`). Values are numbers. */
export class Discrete extends Space<number> {
  override readonly kind: 'discrete' = 'discrete';
  /** Number of values. */
  readonly count: number;
  /** The smallest value. */
  readonly start: number;

  /**
   * Makes a space.
   *
   * @param count - number of values, at least 1.
   * @param options - `start`: the smallest value, default 0.
   * @throws {EnvironmentError} `INVALID_SPACE` when either is no integer, or the count is below 1.
   */
  constructor(count: number, { start = 0 }: { readonly start?: number } = {}) {
    super();
    if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(start)) {
      throw invalidSpace('Discrete', [count, start], 'a count of at least 1, and integers');
    }
    this.count = count;
    this.start = start;
  }

  override sample({ mask, probabilities }: DiscreteSampleOptions = {}): number {
    return this.start + sampleIndex(this, this.count, mask, probabilities);
  }

  override contains(value: unknown): value is number {
    return (
      Number.isInteger(value) &&
      (value as number) >= this.start &&
      (value as number) < this.start + this.count
    );
  }

  override toJSON(): SpaceJson {
    return { kind: this.kind, count: this.count, start: this.start };
  }

  override toString(): string {
    return `Discrete(${this.count}${this.start === 0 ? '' : `, start=${this.start}`})`;
  }
}

/** Draws one of so many, among those of a mask or with probabilities. */
export function sampleIndex(
  space: Discrete,
  count: number,
  mask: ArrayLike<number> | undefined,
  probabilities: ArrayLike<number> | undefined,
): number {
  if (mask !== undefined && probabilities !== undefined) {
    throw invalidMask(space, { mask, probabilities }, 'one of the two');
  }
  if (mask !== undefined) {
    const allowed = Array.from(mask, (bit, at) => (bit === 1 ? at : -1)).filter((at) => at >= 0);
    const zeros = Array.from(mask).filter((bit) => bit === 0).length;
    if (mask.length !== count || allowed.length + zeros !== count) {
      throw invalidMask(space, mask, `${count} numbers, each 0 or 1`);
    }
    return allowed.length === 0 ? 0 : space.random.choice(allowed);
  }
  if (probabilities === undefined) return space.random.integers(0, count);
  const values = Array.from({ length: count }, (_, at) => at);
  return space.random.choice(values, probabilities);
}
