import { tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { countingBackend } from '../../test/support/counting-backend.ts';
import { caught, rejected } from '../../test/support/errors.ts';
import { evaluate } from '../../test/support/tensors.ts';
import { idsOf, tokenCount, writerOf, writers } from '../../test/support/writers.ts';
import { dense } from '../layers/dense.ts';
import { defineModel } from '../model/define-model.ts';
import type { GenerateOptions, TokenGenerator } from './token-generator.ts';
import { createTokenGenerator } from './token-generator.ts';
import { createTokenSampler } from './token-sampler.ts';

const prompt = [3, 1, 4, 1];

async function collect(
  generator: TokenGenerator,
  options: GenerateOptions,
  begin: ArrayLike<number> = prompt,
): Promise<number[]> {
  const tokens: number[] = [];
  for await (const token of generator.generate(begin, options)) tokens.push(token);
  return tokens;
}

const [network] = Object.values(writers);
const model = writerOf(network ?? dense(1));
const variables = model.initialize(5);

describe('createTokenGenerator', () => {
  it.each(Object.entries(writers))(
    'writes with a state what %s write without one',
    async (_, own) => {
      const writer = writerOf(own);
      const values = writer.initialize(2);
      const whole = writer.freeze(values);
      const sampling = { temperature: 0.7, topK: 5, seed: 11 };
      const sampler = createTokenSampler(sampling);
      const text = [...prompt];
      while (text.length < prompt.length + 12) {
        const { logits = [] } = evaluate(whole, { id: idsOf(text) });
        text.push(sampler.sample(logits.slice(-tokenCount)));
      }
      const backend = createReferenceBackend();
      const generator = await createTokenGenerator(writer, { backend, variables: values });
      const tokens = await collect(generator, { ...sampling, maxTokens: 12 });
      expect(tokens).toEqual(text.slice(prompt.length));
      expect(new Set(tokens).size).toBeGreaterThan(2);
      generator.dispose();
    },
  );

  it('writes several texts at a time, each as if it were alone', async () => {
    const backend = createReferenceBackend();
    const generator = await createTokenGenerator(model, { backend, variables });
    const alone = [
      await collect(generator, { maxTokens: 9, seed: 1 }),
      await collect(generator, { maxTokens: 9, seed: 2 }, [6]),
    ];
    const together = await Promise.all([
      collect(generator, { maxTokens: 9, seed: 1 }),
      collect(generator, { maxTokens: 9, seed: 2 }, [6]),
    ]);
    expect(together).toEqual(alone);
    generator.dispose();
  });

  it('ends at the token that ends a text, and gives it out', async () => {
    const backend = createReferenceBackend();
    const generator = await createTokenGenerator(model, { backend, variables });
    const tokens = await collect(generator, { maxTokens: 20, seed: 3 });
    expect(tokens).toHaveLength(20);
    const endToken = tokens[4] ?? 0;
    const first = tokens.indexOf(endToken);
    const ended = await collect(generator, { maxTokens: 20, seed: 3, endToken });
    expect(ended).toEqual(tokens.slice(0, first + 1));
    generator.dispose();
  });

  it('leaves nothing on the device: at the end, after a break, and after an error', async () => {
    const backend = countingBackend();
    const generator = await createTokenGenerator(model, { backend, variables });
    await collect(generator, { maxTokens: 3 });
    expect(backend.live.size).toBe(0);
    for await (const _ of generator.generate(prompt, { maxTokens: 3 })) {
      expect(backend.live.size).toBe(1);
      break;
    }
    expect(backend.live.size).toBe(0);
    backend.beforeRun = (_, run) => {
      if (run === 6) throw new Error('the engine fell over');
    };
    expect(backend.numRuns).toBe(4);
    await expect(collect(generator, { maxTokens: 9 })).rejects.toThrow('the engine fell over');
    expect(backend.numRuns).toBe(7);
    expect(backend.live.size).toBe(0);
    backend.beforeRun = () => undefined;
    expect(await collect(generator, { maxTokens: 2 })).toHaveLength(2);
    generator.dispose();
    generator.dispose();
    expect(backend.programs).toEqual([]);
    expect(await rejected(collect(generator, { maxTokens: 1 }))).toMatchObject({
      name: 'DisposedError',
    });
  });

  it('ends with the reason of a signal, before it runs, between tokens and while it runs', async () => {
    const backend = countingBackend();
    const generator = await createTokenGenerator(model, { backend, variables });
    const signal = { aborted: true, reason: new Error('enough') };
    const options = { maxTokens: 9, seed: 1, signal };
    await expect(collect(generator, options)).rejects.toBe(signal.reason);
    expect(backend.numRuns).toBe(0);
    signal.aborted = false;
    const tokens: number[] = [];
    const between = async (): Promise<void> => {
      for await (const token of generator.generate(prompt, options)) {
        signal.aborted = tokens.push(token) === 3;
      }
    };
    await expect(between()).rejects.toBe(signal.reason);
    expect(backend.numRuns).toBe(3);
    signal.aborted = false;
    backend.beforeRun = (_, run) => {
      signal.aborted = run === 4;
    };
    await expect(collect(generator, options)).rejects.toBe(signal.reason);
    expect(backend.numRuns).toBe(5);
    expect(backend.live.size).toBe(0);
    signal.aborted = false;
    backend.beforeRun = () => undefined;
    expect((await collect(generator, options)).slice(0, 3)).toEqual(tokens);
    generator.dispose();
  });

  it('refuses prompts and options that cannot be, before anything runs', async () => {
    const backend = countingBackend();
    const generator = await createTokenGenerator(model, { backend, variables });
    expect(caught(() => generator.generate([], { maxTokens: 1 }))).toMatchObject({
      code: 'GENERATE_PROMPT',
      message:
        'generate of "writer": a prompt is the ids of at least one token, got none.\nFix: begin with a token that stands for the start of a text.',
    });
    expect(caught(() => generator.generate([1, 0.5], { maxTokens: 1 }))).toMatchObject({
      code: 'GENERATE_PROMPT',
      message: expect.stringContaining('got 0.5 at 1.'),
    });
    expect(caught(() => generator.generate([1], { maxTokens: 0 }))).toMatchObject({
      code: 'OPTION_COUNT',
    });
    expect(caught(() => generator.generate([1], { maxTokens: 1, temperature: -1 }))).toMatchObject({
      code: 'SAMPLING_TEMPERATURE',
    });
    const wrong = { maxTokens: 1, topk: 2 } as GenerateOptions;
    expect(caught(() => generator.generate([1], wrong))).toMatchObject({ code: 'OPTION_UNKNOWN' });
    expect(backend.numRuns).toBe(0);
    const unknown = await rejected(collect(generator, { maxTokens: 1 }, [tokenCount]));
    expect(unknown).toMatchObject({ code: 'INDEX_OUT_OF_RANGE' });
    expect(backend.live.size).toBe(0);
  });

  it('refuses more steps than a table of positions has, and keeps nothing', async () => {
    const positioned = writerOf(writers['learnt positions'] ?? dense(1));
    const backend = countingBackend();
    const generator = await createTokenGenerator(positioned, {
      backend,
      variables: positioned.initialize(1),
    });
    expect(await collect(generator, { maxTokens: 13 })).toHaveLength(13);
    const tooLong = await rejected(collect(generator, { maxTokens: 14 }));
    expect(tooLong).toMatchObject({
      name: 'DataError',
      code: 'GENERATE_CONTEXT',
      message:
        'generate of "writer": the text is longer than the positions of the model, got 17 tokens where 16 have one.\nFix: ask for fewer tokens or shorten the prompt; rotary and sinusoidal positions have no end.',
      cause: { code: 'INDEX_OUT_OF_RANGE' },
    });
    expect(await collect(generator, { maxTokens: 1 }, Array(16).fill(1))).toHaveLength(1);
    const longPrompt = await rejected(collect(generator, { maxTokens: 1 }, Array(17).fill(1)));
    expect(longPrompt).toMatchObject({
      code: 'GENERATE_CONTEXT',
      message: expect.stringContaining('got 17 tokens.'),
      cause: { code: 'SHAPE_RUN_SIZES' },
    });
    const noToken = await rejected(collect(generator, { maxTokens: 1 }, [tokenCount]));
    expect(noToken).toMatchObject({ code: 'INDEX_OUT_OF_RANGE' });
    expect(backend.live.size).toBe(0);
  });

  it('refuses scores that are no numbers', async () => {
    const parameters = Object.fromEntries(
      Object.entries(variables.parameters).map(([path, value]) => [
        path,
        path.startsWith('dense')
          ? { ...value, data: new Float32Array(value.data.length).fill(Number.NaN) }
          : value,
      ]),
    );
    const backend = countingBackend();
    const generator = await createTokenGenerator(model, {
      backend,
      variables: { ...variables, parameters } as typeof variables,
    });
    const error = await rejected(collect(generator, { maxTokens: 1 }));
    expect(error).toMatchObject({ code: 'SAMPLING_SCORES' });
    expect(backend.live.size).toBe(0);
  });

  it('refuses models that do not score tokens', async () => {
    const backend = createReferenceBackend();
    const [x, id] = [tensor('float32', ['batch', 'time', 3]), tensor('int32', ['batch', 4])];
    const layer = dense(2);
    const features = defineModel({
      name: 'features',
      inputs: { x },
      build: (given) => ({ y: layer(given.x) }),
    });
    const error = await rejected(
      createTokenGenerator(features, { backend, variables: features.initialize(0) }),
    );
    expect(error).toMatchObject({
      name: 'ProgramError',
      code: 'GENERATE_MODEL',
      message:
        'createTokenGenerator of "features": the model must make scores of tokens, got (x: float32[batch, time, 3]) to (y: float32[batch, time, 2]).\nExpected one input int32[batch, time] and one output float32[batch, time, tokens], batch and time of any size.',
    });
    const fixed = defineModel({
      name: 'fixed',
      inputs: { id },
      build: (given) => ({ logits: (network ?? layer)(given.id) }),
    });
    expect(
      await rejected(createTokenGenerator(fixed, { backend, variables: fixed.initialize(0) })),
    ).toMatchObject({ code: 'GENERATE_MODEL' });
  });
});
