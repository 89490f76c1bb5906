import type { ExampleCommand } from '@etalon/examples-shared';
import { createBackend } from '@etalon/examples-shared';
import type { LearnedRing } from './learn-ring.ts';
import { learnRing } from './learn-ring.ts';

/** What the example finds. */
export interface GanResults {
  readonly backend: string;
  readonly ring: LearnedRing;
}

/** Runs the example. */
export async function runGan(
  { backend: name, budget }: Omit<ExampleCommand, 'json'>,
  print: (line: string) => void,
): Promise<GanResults> {
  const backend = await createBackend(name);
  try {
    const steps = budget === 'full' ? 12_000 : 2500;
    return { backend: name, ring: await learnRing(backend, { steps, print }) };
  } finally {
    await backend.dispose();
  }
}
