import type { HostTensor } from '@etalon/core';
import { takeExamples } from '@etalon/datasets';
import type { ExampleCommand, GrayImage } from '@etalon/examples-shared';
import { createBackend, imageGrid } from '@etalon/examples-shared';
import { loadDigits } from './digits.ts';
import type { FineTuneResults } from './fine-tune.ts';
import { fineTune } from './fine-tune.ts';
import type { CodeResults } from './learn-codes.ts';
import { learnCodes } from './learn-codes.ts';

/** What the example finds. */
export interface RepresentationResults {
  readonly backend: string;
  readonly codes: CodeResults;
  readonly fineTuning: FineTuneResults;
}

/** Results, and a picture: test digits, as principal components leave them, and as the autoencoder does. */
export interface RepresentationRun {
  readonly results: RepresentationResults;
  readonly picture: GrayImage;
}

const budgets = {
  full: {
    count: 60_000,
    test: 10_000,
    codes: { width: 256, epochs: 20 },
    fineTuning: { filters: 16, firstEpochs: 3, perDigit: 20, epochs: 60, draws: 3 },
  },
  small: {
    count: 6000,
    test: 2000,
    codes: { width: 64, epochs: 15 },
    fineTuning: { filters: 4, firstEpochs: 8, perDigit: 10, epochs: 60, draws: 1 },
  },
} as const;

/** Runs the example; the small budget learns from few images with small networks, and tests with few. */
export async function runRepresentations(
  { backend: name, budget }: Omit<ExampleCommand, 'json'>,
  print: (line: string) => void,
): Promise<RepresentationRun> {
  const backend = await createBackend(name);
  try {
    const { count, test: tested, codes, fineTuning } = budgets[budget];
    const { training, test: all } = await loadDigits(count);
    const test = takeExamples(all, tested);
    const { result, images } = await learnCodes(backend, { training, test, print, ...codes });
    const tuned = await fineTune(backend, { training, test }, fineTuning, print);
    const results = { backend: name, codes: result, fineTuning: tuned };
    return { results, picture: pictureOf(images, 12) };
  } finally {
    await backend.dispose();
  }
}

function pictureOf(images: readonly HostTensor[], columns: number): GrayImage {
  const size = 28 * 28;
  const rows = images.map(({ data }) =>
    Array.from({ length: columns }, (_, at) => [...data.subarray(at * size, (at + 1) * size)]),
  );
  return imageGrid(rows.flat(), { width: 28, height: 28, columns, scale: 2 });
}
