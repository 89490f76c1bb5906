import { DatasetError } from './errors.ts';

/** How to make a vocabulary. */
export interface CharacterVocabularyOptions {
  /** A character that stands for all that are not in the vocabulary, and is in it; without one they are an error. */
  readonly unknown?: string;
}

/** Characters and their ids. */
export interface CharacterVocabulary {
  /** The number of ids, which run from 0 to `size - 1`. */
  readonly size: number;
  /** The characters by id. Joined, they give the same vocabulary again: keep that text beside a model. */
  readonly characters: readonly string[];
  /**
   * Returns the ids of a text's characters.
   *
   * @throws {DatasetError} `UNKNOWN_CHARACTER`
   */
  encode(text: string): Int32Array;
  /**
   * Returns the text of ids.
   *
   * @throws {DatasetError} `ID_OUT_OF_RANGE`
   */
  decode(ids: ArrayLike<number>): string;
}

/**
 * Returns the vocabulary of the different characters of a text, in the order of their code points.
 *
 * A character is a code point of Unicode: an emoji may be one or several, and is never cut in half.
 *
 * @throws {DatasetError} `INVALID_OPTION` when `unknown` is not one character, or there is none at all
 * @example
 * ```ts
 * const letters = characterVocabulary('hello');
 * letters.characters; // ['e', 'h', 'l', 'o']
 * letters.encode('hole'); // Int32Array [1, 3, 2, 0]
 * ```
 */
export function characterVocabulary(
  text: string,
  { unknown }: CharacterVocabularyOptions = {},
): CharacterVocabulary {
  const where = 'characterVocabulary';
  if (unknown !== undefined && [...unknown].length !== 1) {
    throw new DatasetError('INVALID_OPTION', [
      `${where}: unknown is not one character, got ${JSON.stringify(unknown)}.`,
      'Expected a text of one code point, such as "\uFFFD".',
    ]);
  }
  const codeOf = (character: string): number => character.codePointAt(0) ?? 0;
  const characters = [...new Set(text + (unknown ?? ''))].sort((a, b) => codeOf(a) - codeOf(b));
  if (characters.length === 0) {
    throw new DatasetError('INVALID_OPTION', `${where}: the text has no characters, got "".`);
  }
  const ids = new Map(characters.map((character, id) => [character, id]));
  const unknownId = unknown === undefined ? undefined : ids.get(unknown);
  return {
    size: characters.length,
    characters,
    encode(encoded) {
      // Never longer than the text has UTF-16 units: one pass, no list of characters.
      const result = new Int32Array(encoded.length);
      let length = 0;
      for (const character of encoded) {
        const id = ids.get(character) ?? unknownId;
        if (id === undefined) throw unknownCharacter(character, length, characters);
        result[length] = id;
        length += 1;
      }
      return length === result.length ? result : result.slice(0, length);
    },
    decode: (decoded) =>
      Array.from(decoded, (id, position) => {
        const character = characters[id];
        if (character !== undefined) return character;
        throw new DatasetError('ID_OUT_OF_RANGE', [
          `decode: ids[${position}] is no id of the vocabulary, got ${id}.`,
          `Expected an integer from 0 to ${characters.length - 1}.`,
        ]);
      }).join(''),
  };
}

function unknownCharacter(
  character: string,
  position: number,
  characters: readonly string[],
): DatasetError {
  return new DatasetError(
    'UNKNOWN_CHARACTER',
    [
      `encode: a character is not in the vocabulary, got ${JSON.stringify(character)} at ${position}.`,
      `Expected one of ${JSON.stringify(characters.slice(0, 100).join(''))}.`,
      'Fix: make the vocabulary of all text that will be met, or give it a character for unknown ones.',
    ],
    { details: { character, position } },
  );
}
