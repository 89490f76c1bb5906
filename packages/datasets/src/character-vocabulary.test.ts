import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectDatasetError } from '../test/support.ts';
import { characterVocabulary } from './character-vocabulary.ts';

describe('characterVocabulary', () => {
  it('orders characters by code point, not by UTF-16 unit', () => {
    const { characters, size } = characterVocabulary('b\u{1F600}a\uFF21b');
    expect(characters).toEqual(['a', 'b', '\uFF21', '\u{1F600}']);
    expect(size).toBe(4);
  });

  it('gives back every text of its characters, and itself from them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const vocabulary = characterVocabulary(text);
        const ids = vocabulary.encode(text);
        expect(ids).toHaveLength([...text].length);
        expect(vocabulary.decode(ids)).toBe(text);
        expect(characterVocabulary(vocabulary.characters.join('')).characters).toEqual(
          vocabulary.characters,
        );
      }),
    );
  });

  it('refuses an unknown character, or takes the one that stands for all', () => {
    const strict = characterVocabulary('abc');
    expectDatasetError(
      () => strict.encode('abxc'),
      'UNKNOWN_CHARACTER',
      /^encode: a character is not in the vocabulary, got "x" at 2\.\nExpected one of "abc"\.\nFix: /,
    );
    const lenient = characterVocabulary('abc', { unknown: '?' });
    expect(lenient.characters).toEqual(['?', 'a', 'b', 'c']);
    expect(lenient.decode(lenient.encode('ab\u{1F600}c'))).toBe('ab?c');
    expect(characterVocabulary('ab', { unknown: 'a' }).size).toBe(2);
  });

  it('refuses ids that it does not have, and options that are none', () => {
    const { decode } = characterVocabulary('abc');
    for (const id of [3, -1, 0.5, Number.NaN]) {
      expectDatasetError(() => decode([0, id]), 'ID_OUT_OF_RANGE', /ids\[1\] is no id/);
    }
    expectDatasetError(() => characterVocabulary(''), 'INVALID_OPTION', /no characters/);
    for (const unknown of ['', 'ab']) {
      expectDatasetError(
        () => characterVocabulary('a', { unknown }),
        'INVALID_OPTION',
        /unknown is not one character/,
      );
    }
  });
});
