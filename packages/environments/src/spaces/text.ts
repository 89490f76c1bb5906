import type { SpaceJson } from './space.ts';
import { invalidMask, invalidSpace, Space } from './space.ts';

/** Letters and digits, in the order in which draws go through them. */
const alphanumeric = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** What a {@link Text} space is made from. */
export interface TextOptions {
  /** Least number of characters; default 1. */
  readonly minLength?: number;
  /** All characters that texts are made of, each once; default the letters and digits of ASCII. */
  readonly characters?: string;
}

/** What draws of a {@link Text} space may be held to: of the mask and the probabilities, one. */
export interface TextSampleOptions {
  /** Number of characters. */
  readonly length?: number | undefined;
  /** For each character, 1 where it may be drawn, else 0. */
  readonly mask?: ArrayLike<number> | undefined;
  /** Of each character. */
  readonly probabilities?: ArrayLike<number> | undefined;
}

/** Texts: Gymnasium's `Text` (`gymnasium/spaces/text.py`). Values are strings. */
export class Text extends Space<string> {
  override readonly kind: 'text' = 'text';
  /** Most characters of a text. */
  readonly maxLength: number;
  /** Least number of characters of a text. */
  readonly minLength: number;
  /** All characters that texts are made of. */
  readonly characters: string;

  /**
   * Makes a space.
   *
   * @throws {EnvironmentError} `INVALID_SPACE` when lengths are no integers with 0 <= minLength <= maxLength, or a character comes twice.
   */
  constructor(maxLength: number, { minLength = 1, characters = alphanumeric }: TextOptions = {}) {
    super();
    const isRange = Number.isSafeInteger(minLength) && Number.isSafeInteger(maxLength);
    const isOnce = new Set(characters).size === [...characters].length && characters.length > 0;
    if (!isRange || minLength < 0 || minLength > maxLength || !isOnce) {
      const got = { minLength, maxLength, characters };
      throw invalidSpace('Text', got, '0 <= minLength <= maxLength and characters, each once');
    }
    this.maxLength = maxLength;
    this.minLength = minLength;
    this.characters = characters;
  }

  override sample(options: TextSampleOptions = {}): string {
    const { mask, probabilities } = options;
    const characters = [...this.characters];
    const given = mask ?? probabilities;
    const isOne = mask === undefined || probabilities === undefined;
    const { length = this.random.integers(this.minLength, this.maxLength + 1) } = options;
    const isLength =
      Number.isInteger(length) && length >= this.minLength && length <= this.maxLength;
    if (!isLength || !isOne || (given ?? characters).length !== characters.length) {
      throw invalidMask(this, options, `a length of the space and ${characters.length} numbers`);
    }
    const weights = given === undefined ? characters.map(() => 1) : Array.from(given);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum === 0) {
      if (this.minLength === 0) return '';
      throw invalidMask(this, options, 'a character that may be drawn, as texts are not empty');
    }
    const shares = probabilities === undefined ? weights.map((weight) => weight / sum) : weights;
    return Array.from({ length }, () => this.random.choice(characters, shares)).join('');
  }

  override contains(value: unknown): value is string {
    if (typeof value !== 'string') return false;
    const characters = [...value];
    return (
      characters.length >= this.minLength &&
      characters.length <= this.maxLength &&
      characters.every((character) => this.characters.includes(character))
    );
  }

  override toJSON(): SpaceJson {
    const { kind, maxLength, minLength, characters } = this;
    return { kind, maxLength, minLength, characters };
  }

  override toString(): string {
    return `Text(${this.minLength}, ${this.maxLength}, characters=${this.characters})`;
  }
}
