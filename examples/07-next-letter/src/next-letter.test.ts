import { characterVocabulary } from '@etalon/datasets';
import { describe, expect, it } from 'vitest';
import { nGramBits } from './n-gram.ts';
import { runNextLetter } from './next-letter.ts';

describe('the next letter', () => {
  it('of "hi" is learned, and those of a book better than by their frequency', async () => {
    const lines: string[] = [];
    const { word, lstm, gpt } = await runNextLetter(
      { backend: 'onnxruntime-cpu', budget: 'small' },
      (line) => lines.push(line),
    );
    expect(word.said).toBe('i');
    expect(word.probability).toBeGreaterThan(0.9);
    for (const { bits, streaming, sample } of [lstm, gpt]) {
      // Single letters of English, counted, take about 4.2 bits.
      expect(bits).toBeLessThan(3.5);
      expect(streaming.letters).toBe(400);
      expect(streaming.sameLetters).toBe(true);
      expect(streaming.difference).toBeLessThan(1e-4);
      expect(sample).toHaveLength('Call me '.length + 300);
    }
    expect(gpt.cache.context).toBe(32);
    expect(lines).toHaveLength(1 + 8 + 4);
  }, 120_000);
});

describe('counting letters', () => {
  it('needs no bits for what always follows, and all of them for what never came', () => {
    const { encode } = characterVocabulary('abc');
    const text = encode('ab'.repeat(2000));
    expect(nGramBits(text, encode('abababab'), 3, 3)).toBeLessThan(0.2);
    expect(nGramBits(text, encode('cccc'), 3, 3)).toBeGreaterThan(8);
  });
});
