import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import { createTokenGenerator, prepare } from '@etalon/core';
import type { LetterModel } from './networks.ts';

/** Time of one more letter, once the context is full. */
export interface CacheSpeed {
  readonly context: number;
  /** Milliseconds with keys and values kept, median. */
  readonly withCache: number;
  /** Milliseconds when the whole context is computed again, median. */
  readonly withoutCache: number;
  readonly ratio: number;
}

/** Measures both ways in turn, so that whatever else the machine does meets both. */
export async function measureCache(
  backend: BackendV1,
  model: LetterModel,
  variables: Variables<HostTensor>,
  prompt: Int32Array,
): Promise<CacheSpeed> {
  const context = prompt.length;
  const rounds = 21;
  const generator = await createTokenGenerator(model, { backend, variables });
  const whole = await prepare(model.freeze(variables), backend);
  const letters = generator.generate(prompt, { maxTokens: rounds + 2, temperature: 0 });
  const input: HostTensor = { dtype: 'int32', shape: [1, context], data: prompt };
  const cached = async (): Promise<void> => {
    await letters.next();
  };
  const recomputed = async (): Promise<void> => {
    const { logits } = await whole.run({ input });
    await logits?.read();
    logits?.dispose();
  };
  try {
    // The first letter is that of the prompt, and engines prepare for a size when they see it first.
    await cached();
    await cached();
    await recomputed();
    const times: { readonly with: number; readonly without: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push({ with: await timeOf(cached), without: await timeOf(recomputed) });
    }
    const withCache = median(times.map((time) => time.with));
    const withoutCache = median(times.map((time) => time.without));
    return { context, withCache, withoutCache, ratio: withoutCache / withCache };
  } finally {
    await letters.return();
    generator.dispose();
    whole.dispose();
  }
}

async function timeOf(run: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
