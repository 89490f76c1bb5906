import type { ExampleCommand } from '@etalon/examples-shared';
import { createBackend } from '@etalon/examples-shared';
import type { DigitsRun } from './digits.ts';
import { learnAllDigits } from './digits.ts';
import type { LearnedRing } from './learn-ring.ts';
import { learnRing } from './learn-ring.ts';
import type { Pictures } from './pictures.ts';
import { picturesOf } from './pictures.ts';

/** What the example finds. */
export interface GanResults {
  readonly backend: string;
  readonly ring: LearnedRing;
  readonly digits: DigitsRun['results'];
}

/** Results, and pictures of what the generators make. */
export interface GanRun {
  readonly results: GanResults;
  readonly pictures: Pictures;
}

const budgets = {
  full: {
    ringSteps: 12_000,
    digits: {
      count: 60_000,
      epochs: 5,
      steps: { digits: 10_000, asked: 4000, edges: 2000 },
      width: 32,
      samples: 10_000,
    },
  },
  small: {
    ringSteps: 2500,
    digits: {
      count: 3000,
      epochs: 3,
      steps: { digits: 60, asked: 60, edges: 60 },
      width: 8,
      samples: 500,
    },
  },
} as const;

/** Runs the example; the small budget learns digits no longer than shows that everything works. */
export async function runGan(
  { backend: name, budget }: Omit<ExampleCommand, 'json'>,
  print: (line: string) => void,
): Promise<GanRun> {
  const backend = await createBackend(name);
  try {
    const { ringSteps, digits } = budgets[budget];
    const ring = await learnRing(backend, { steps: ringSteps, print });
    const { results, images } = await learnAllDigits(backend, digits, print);
    return { results: { backend: name, ring, digits: results }, pictures: picturesOf(images) };
  } finally {
    await backend.dispose();
  }
}
