import type { SpaceJson } from './space.ts';
import { invalidMask, invalidSpace, Space } from './space.ts';

/** What draws of a {@link MultiBinary} space may be held to: one of the two. */
export interface MultiBinarySampleOptions {
  /** For each bit, the value it has (0 or 1), or 2 where it may have either. */
  readonly mask?: ArrayLike<number> | undefined;
  /** For each bit, the probability of 1. */
  readonly probabilities?: ArrayLike<number> | undefined;
}

/** Bits: Gymnasium's `MultiBinary` (`gymnasium/spaces/multi_binary.py`). Values are Int8Arrays of zeros and ones, in row-major order. */
export class MultiBinary extends Space<Int8Array> {
  override readonly kind: 'multiBinary' = 'multiBinary';
  /** Shape of values. */
  readonly shape: readonly number[];
  /** Number of bits. */
  readonly size: number;

  /**
   * Makes a space.
   *
   * @param shape - number of bits, or the shape that they have.
   * @throws {EnvironmentError} `INVALID_SPACE` when a size is no integer of at least 1.
   */
  constructor(shape: number | readonly number[]) {
    super();
    this.shape = typeof shape === 'number' ? [shape] : shape;
    if (!this.shape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
      throw invalidSpace('MultiBinary', shape, 'sizes of at least 1');
    }
    this.size = this.shape.reduce((product, size) => product * size, 1);
  }

  override sample(options: MultiBinarySampleOptions = {}): Int8Array {
    const { mask, probabilities } = options;
    const given = mask ?? probabilities;
    const isOne = mask === undefined || probabilities === undefined;
    if (given !== undefined && (given.length !== this.size || !isOne)) {
      throw invalidMask(this, options, `a mask, or probabilities, of ${this.size} bits`);
    }
    const bits = new Int8Array(this.size);
    if (probabilities !== undefined) {
      return bits.map((_, at) => Number(this.random.random() <= (probabilities[at] ?? 0)));
    }
    this.random.fillBits(bits);
    return mask === undefined
      ? bits
      : bits.map((bit, at) => (mask[at] === 2 ? bit : (mask[at] ?? 0)));
  }

  override contains(value: unknown): value is Int8Array {
    const isBits = value instanceof Int8Array || Array.isArray(value);
    return (
      isBits && value.length === this.size && [...value].every((bit) => bit === 0 || bit === 1)
    );
  }

  override toJSON(): SpaceJson {
    return { kind: this.kind, shape: this.shape };
  }

  override toString(): string {
    return `MultiBinary(${this.shape.length === 1 ? this.size : `[${this.shape}]`})`;
  }
}
