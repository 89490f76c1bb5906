import { describe, expect, it } from 'vitest';
import { vocabularyOf, windowsOf } from './letters.ts';
import { nGramBits } from './n-gram.ts';
import { runNextLetter } from './next-letter.ts';
import { createSampler } from './sampling.ts';

describe('the next letter', () => {
  it('of "hi" is learned, and those of a book better than by their frequency', async () => {
    const lines: string[] = [];
    const { word, book } = await runNextLetter(
      { backend: 'onnxruntime-cpu', budget: 'small' },
      (line) => lines.push(line),
    );
    expect(word.said).toBe('i');
    expect(word.probability).toBeGreaterThan(0.9);
    // Single letters of English, counted, take about 4.2 bits.
    expect(book.bits).toBeLessThan(3.5);
    expect(book.streaming.sameLetters).toBe(true);
    expect(book.streaming.difference).toBeLessThan(1e-4);
    expect(book.sample).toHaveLength('Call me '.length + 300);
    expect(lines).toHaveLength(1 + 8);
  }, 120_000);
});

describe('counting letters', () => {
  it('needs no bits for what always follows, and all of them for what never came', () => {
    const { encode } = vocabularyOf('abc');
    const text = encode('ab'.repeat(2000));
    expect(nGramBits(text, encode('abababab'), 3, 3)).toBeLessThan(0.2);
    expect(nGramBits(text, encode('cccc'), 3, 3)).toBeGreaterThan(8);
  });
});

describe('letters', () => {
  it('are numbered, and refused where they are unknown', () => {
    const { letters, encode, decode } = vocabularyOf('hello');
    expect(letters).toEqual(['e', 'h', 'l', 'o']);
    expect([...encode('hole')]).toEqual([1, 3, 2, 0]);
    expect(decode(encode('hello'))).toBe('hello');
    expect(() => encode('hi')).toThrow('vocabulary: there is no such letter, got "i".');
  });

  it('are cut into windows, with the next letters beside them', async () => {
    const windows = windowsOf(Int32Array.of(0, 1, 2, 3, 4, 5, 6), 3);
    expect(windows.size).toBe(2);
    const { id, next } = await windows.gather(Uint32Array.of(1, 0));
    expect(id?.data).toEqual(Int32Array.of(3, 4, 5, 0, 1, 2));
    expect(next?.data).toEqual(Int32Array.of(4, 5, 6, 1, 2, 3));
  });

  it('are drawn by their scores', () => {
    const scores = [0, Math.log(3), -1000];
    const sampler = createSampler({ temperature: 1, topK: 3, seed: 1 });
    const drawn = Array.from({ length: 4000 }, () => sampler.draw(scores));
    expect(drawn.filter((id) => id === 1).length / 4000).toBeCloseTo(0.75, 1);
    expect(drawn).not.toContain(2);
    const greedy = createSampler({ temperature: 0, topK: 3, seed: 1 });
    expect([greedy.draw(scores), greedy.draw([5, 1])]).toEqual([1, 0]);
    const first = createSampler({ temperature: 2, topK: 1, seed: 5 });
    expect(first.draw(scores)).toBe(1);
  });
});
