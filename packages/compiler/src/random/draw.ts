import { AttributeError } from '@etalon/spec';
import type { WordPair } from './threefry.ts';

/** Options of every draw. */
export interface StreamOptions<Out> {
  /** Array to fill instead of a new one; its length is `count`. */
  readonly out?: Out;
  /**
   * Element of the key's stream at which the draw starts; 0 by default. Element i of a draw with
   * offset o is element o + i of the draw without: long draws may be made in pieces.
   */
  readonly offset?: number;
}

/**
 * Checks what all draws have in common and returns the offset.
 *
 * @throws {AttributeError} `RANDOM_KEY`, `RANDOM_COUNT`, `RANDOM_OUT_LENGTH` or `RANDOM_OFFSET`.
 */
export function validateDraw(
  where: string,
  key: WordPair,
  count: number,
  options: StreamOptions<{ readonly length: number }>,
): number {
  validateKey(where, key);
  validateCount(where, count);
  validateOutLength(where, count, options.out);
  const { offset = 0 } = options;
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(offset + count)) {
    throw new AttributeError(
      'RANDOM_OFFSET',
      `${where}: the offset is no element of the stream, got ${offset} for ${count} elements.\n` +
        'Expected an integer of 0 or more whose sum with the count is below 2^53.',
      { details: { offset, count } },
    );
  }
  return offset;
}

/** @throws {AttributeError} `RANDOM_KEY` unless both words are integers in `0 … 2³² - 1`. */
export function validateKey(where: string, key: WordPair): void {
  if (key.length !== 2 || !isWord(key[0]) || !isWord(key[1])) {
    throw new AttributeError(
      'RANDOM_KEY',
      `${where}: a key is two 32-bit words, got ${JSON.stringify(key)}.\n` +
        'Fix: make keys with `randomKey(seed)`, `split(key, count)` or `foldIn(key, data)`.',
      { details: { key } },
    );
  }
}

/** @throws {AttributeError} `RANDOM_COUNT` unless the count is an integer of 0 or more. */
export function validateCount(where: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new AttributeError(
      'RANDOM_COUNT',
      `${where}: the count must be an integer of 0 or more, got ${count}.`,
      { details: { count } },
    );
  }
}

/**
 * @throws {AttributeError} `RANDOM_OUT_LENGTH` when an array to fill does not have `count`
 * elements.
 */
export function validateOutLength(
  where: string,
  count: number,
  out: { readonly length: number } | undefined,
): void {
  if (out !== undefined && out.length !== count) {
    throw new AttributeError(
      'RANDOM_OUT_LENGTH',
      `${where}: the array to fill has the wrong length, got ${out.length} for ${count}.\n` +
        `Fix: pass \`out.subarray(0, ${count})\`, or draw ${out.length} elements.`,
      { details: { count, length: out.length } },
    );
  }
}

/** Tells whether a value is an unsigned 32-bit integer. */
export function isWord(value: number): boolean {
  return value >>> 0 === value;
}
