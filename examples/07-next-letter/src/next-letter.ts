import { readFileSync } from 'node:fs';
import type { ExampleCommand } from '@etalon/examples-shared';
import { createBackend } from '@etalon/examples-shared';
import type { BookResult } from './book.ts';
import { learnBook } from './book.ts';
import type { WordResult } from './word.ts';
import { learnWord } from './word.ts';

/** What the example finds. */
export interface NextLetterResults {
  readonly backend: string;
  readonly word: WordResult;
  readonly book: BookResult;
}

const book = new URL('../data/moby-dick.txt', import.meta.url);

/** Runs the example; the small budget reads a tenth of the book, with few units, twice. */
export async function runNextLetter(
  { backend: name, budget }: Omit<ExampleCommand, 'json'>,
  print: (line: string) => void,
): Promise<NextLetterResults> {
  const backend = await createBackend(name);
  try {
    const word = await learnWord(backend);
    print(`after "h": ${JSON.stringify(word.said)}, ${(100 * word.probability).toFixed(1)} % sure`);
    const text = readFileSync(book, 'utf8');
    const size = budget === 'full' ? { units: 192, epochs: 25 } : { units: 64, epochs: 8 };
    const part = budget === 'full' ? text : text.slice(0, 40_000);
    return { backend: name, word, book: await learnBook(backend, { text: part, ...size, print }) };
  } finally {
    await backend.dispose();
  }
}
