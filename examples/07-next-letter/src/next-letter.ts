import { readFileSync } from 'node:fs';
import type { BackendV1 } from '@etalon/core';
import type { ExampleCommand } from '@etalon/examples-shared';
import { createBackend } from '@etalon/examples-shared';
import type { Book, ReadingOptions, ReadingResult } from './book.ts';
import { bookOf, fiveGramBits, readBook } from './book.ts';
import type { CacheSpeed } from './cache-speed.ts';
import { measureCache } from './cache-speed.ts';
import type { GptSize, LstmSize } from './networks.ts';
import { gptModel, lstmModel } from './networks.ts';
import type { WordResult } from './word.ts';
import { learnWord } from './word.ts';

/** What the example finds. */
export interface NextLetterResults {
  readonly backend: string;
  readonly word: WordResult;
  readonly letters: number;
  /** Bits per letter of the test. */
  readonly fiveGramBits: number;
  readonly lstm: ReadingResult;
  readonly gpt: ReadingResult & { readonly cache: CacheSpeed };
}

interface Budget {
  /** Letters of the book. */
  readonly letters: number;
  readonly lstm: LstmSize & Omit<ReadingOptions, 'print'>;
  readonly gpt: GptSize & Omit<ReadingOptions, 'print'>;
}

const budgets: Readonly<Record<ExampleCommand['budget'], Budget>> = {
  full: {
    letters: Number.POSITIVE_INFINITY,
    lstm: {
      units: 192,
      windowLength: 64,
      stride: 64,
      batchSize: 16,
      epochs: 25,
      learningRate: 5e-3,
    },
    gpt: {
      width: 128,
      blocks: 5,
      heads: 4,
      context: 256,
      windowLength: 256,
      stride: 256,
      batchSize: 8,
      epochs: 20,
      learningRate: 2e-3,
    },
  },
  small: {
    letters: 40_000,
    lstm: { units: 64, windowLength: 64, stride: 64, batchSize: 16, epochs: 8, learningRate: 5e-3 },
    gpt: {
      width: 32,
      blocks: 1,
      heads: 2,
      context: 32,
      windowLength: 64,
      stride: 64,
      batchSize: 8,
      epochs: 4,
      learningRate: 5e-3,
    },
  },
};

const file = new URL('../data/moby-dick.txt', import.meta.url);

/** Runs the example; the small budget reads a fifth of the book, with small networks. */
export async function runNextLetter(
  { backend: name, budget }: Omit<ExampleCommand, 'json'>,
  print: (line: string) => void,
): Promise<NextLetterResults> {
  const backend = await createBackend(name);
  try {
    const word = await learnWord(backend);
    print(`after "h": ${JSON.stringify(word.said)}, ${(100 * word.probability).toFixed(1)} % sure`);
    const sizes = budgets[budget];
    const book = bookOf(readFileSync(file, 'utf8').slice(0, sizes.letters));
    const { vocabulary, training, test } = book;
    const lstm = await readBook(backend, lstmModel(vocabulary.size, sizes.lstm), book, {
      ...sizes.lstm,
      print,
    });
    return {
      backend: name,
      word,
      letters: training.length + test.length,
      fiveGramBits: fiveGramBits(book),
      lstm: lstm.result,
      gpt: await readWithAttention(backend, book, { ...sizes.gpt, print }),
    };
  } finally {
    await backend.dispose();
  }
}

async function readWithAttention(
  backend: BackendV1,
  book: Book,
  options: GptSize & ReadingOptions,
): Promise<NextLetterResults['gpt']> {
  const model = gptModel(book.vocabulary.size, options);
  const { result, variables } = await readBook(backend, model, book, options);
  const prompt = book.test.slice(0, options.context);
  return { ...result, cache: await measureCache(backend, model, variables, prompt) };
}
