import { Discrete } from './discrete.ts';
import type { SpaceJson } from './space.ts';
import { invalidMask, invalidSpace, Space } from './space.ts';

/** What draws of a {@link MultiDiscrete} space may be held to: one of the two. */
export interface MultiDiscreteSampleOptions {
  /** For each part, 1 for each value that may be drawn and 0 for each other. */
  readonly mask?: readonly ArrayLike<number>[] | undefined;
  /** For each part, the probability of each value. */
  readonly probabilities?: readonly ArrayLike<number>[] | undefined;
}

/**
 * Some integers at once, each of a range of its own: Gymnasium's `MultiDiscrete` (`gymnasium/spaces/multi_discrete.py`). Values are
 * Int32Arrays, in row-major order where the space has more than one dimension.
 */
export class MultiDiscrete extends Space<Int32Array> {
  override readonly kind: 'multiDiscrete' = 'multiDiscrete';
  /** Number of values of each part. */
  readonly counts: readonly number[];
  /** The smallest value of each part. */
  readonly starts: readonly number[];
  /** Shape of values, `[counts.length]` unless told otherwise. */
  readonly shape: readonly number[];

  /**
   * Makes a space.
   *
   * @param counts - number of values of each part, at least 1.
   * @param options - `starts`: the smallest value of each part, default 0; `shape`: default `[counts.length]`.
   * @throws {EnvironmentError} `INVALID_SPACE` when one is no integer, a count is below 1, or lengths differ.
   */
  constructor(
    counts: ArrayLike<number>,
    options: { readonly starts?: ArrayLike<number>; readonly shape?: readonly number[] } = {},
  ) {
    super();
    this.counts = Array.from(counts);
    this.starts = Array.from(options.starts ?? this.counts.map(() => 0));
    this.shape = options.shape ?? [this.counts.length];
    const isSpace =
      [...this.counts, ...this.starts].every(Number.isSafeInteger) &&
      this.counts.every((count) => count >= 1) &&
      this.starts.length === this.counts.length &&
      this.shape.reduce((product, size) => product * size, 1) === this.counts.length;
    if (!isSpace)
      throw invalidSpace('MultiDiscrete', { counts, ...options }, 'counts of at least 1');
  }

  override sample(options: MultiDiscreteSampleOptions = {}): Int32Array {
    const { mask, probabilities } = options;
    const parts = mask ?? probabilities;
    if (parts === undefined) {
      // NumPy draws integers here, but Gymnasium scales doubles.
      return Int32Array.from(
        this.counts,
        (count, at) => Math.trunc(this.random.random() * count) + (this.starts[at] ?? 0),
      );
    }
    if (
      parts.length !== this.counts.length ||
      (mask !== undefined && probabilities !== undefined)
    ) {
      throw invalidMask(this, options, `a mask, or probabilities, of ${this.counts.length} parts`);
    }
    return Int32Array.from(this.counts, (count, at) => {
      const part = new Discrete(count, { start: this.starts[at] ?? 0 });
      part.seed(this.random);
      const own = parts[at] as ArrayLike<number>;
      return part.sample(mask === undefined ? { probabilities: own } : { mask: own });
    });
  }

  override contains(value: unknown): value is Int32Array {
    const isIntegers = value instanceof Int32Array || Array.isArray(value);
    return (
      isIntegers &&
      value.length === this.counts.length &&
      this.counts.every((count, at) => {
        const own: unknown = value[at];
        const from = this.starts[at] ?? 0;
        return Number.isInteger(own) && (own as number) >= from && (own as number) < from + count;
      })
    );
  }

  override toJSON(): SpaceJson {
    return { kind: this.kind, counts: this.counts, starts: this.starts, shape: this.shape };
  }

  override toString(): string {
    const starts = this.starts.some((start) => start !== 0) ? `, start=[${this.starts}]` : '';
    return `MultiDiscrete([${this.counts}]${starts})`;
  }
}
