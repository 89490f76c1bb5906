import { evaluateProgram } from '@etalon/reference';
import type { BackendV1, HostTensor, RunOutputs } from '@etalon/spec';
import type { SamplingOptions } from '../../src/index.ts';
import { createTokenGenerator, createTokenSampler, prepare } from '../../src/index.ts';
import { firstState } from './streaming.ts';
import type { writerOf } from './writers.ts';
import { idsOf, tokenCount } from './writers.ts';

type Writer = ReturnType<typeof writerOf>;
type Values = ReturnType<Writer['initialize']>;

/** A text, and how it goes on. */
export interface Continuation {
  readonly prompt: readonly number[];
  readonly count: number;
  readonly sampling: SamplingOptions;
}

/** Tokens that a generator writes, and those chosen when all of the text is computed again for each. */
export async function writtenBothWays(
  backend: BackendV1,
  writer: Writer,
  values: Values,
  { prompt, count, sampling }: Continuation,
): Promise<{ readonly cached: readonly number[]; readonly recomputed: readonly number[] }> {
  const generator = await createTokenGenerator(writer, { backend, variables: values });
  const cached: number[] = [];
  for await (const token of generator.generate(prompt, { ...sampling, maxTokens: count })) {
    cached.push(token);
  }
  generator.dispose();
  const whole = await prepare(writer.freeze(values), backend);
  const sampler = createTokenSampler(sampling);
  const text = [...prompt];
  while (text.length < prompt.length + count) {
    const { logits } = await whole.run({ id: idsOf(text) });
    const scores = await logits?.read();
    logits?.dispose();
    text.push(sampler.sample(scores?.data.slice(-tokenCount) ?? []));
  }
  whole.dispose();
  return { cached, recomputed: text.slice(prompt.length) };
}

/** Scores of a text on a backend, one token at a time and at once, and by the reference in float64. */
export async function scoredBothWays(
  backend: BackendV1,
  writer: Writer,
  values: Values,
  text: readonly number[],
): Promise<Readonly<Record<'stepped' | 'whole' | 'expected', readonly number[]>>> {
  const { program, carried } = writer.streaming(values);
  const step = await prepare(program, backend);
  let state = firstState(carried, 1);
  const stepped: number[] = [];
  for (const token of text) {
    const { logits, ...next } = await allOf(await step.run({ id: idsOf([token]), ...state }));
    stepped.push(...(logits?.data ?? []));
    state = next;
  }
  step.dispose();
  const frozen = writer.freeze(values);
  const prepared = await prepare(frozen, backend);
  const whole = await allOf(await prepared.run({ id: idsOf(text) }));
  prepared.dispose();
  const expected = evaluateProgram(frozen, { id: idsOf(text) });
  return {
    stepped,
    whole: [...(whole.logits?.data ?? [])],
    expected: [...(expected.logits?.data ?? [])],
  };
}

async function allOf(outputs: RunOutputs): Promise<Readonly<Record<string, HostTensor>>> {
  const entries = Object.entries(outputs).map(
    async ([name, output]): Promise<[string, HostTensor]> => {
      const host = await output.read();
      output.dispose();
      return [name, host];
    },
  );
  return Object.fromEntries(await Promise.all(entries));
}
