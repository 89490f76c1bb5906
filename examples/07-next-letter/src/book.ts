import type { BackendV1, HostTensor, Model, Tensor, TensorType, Variables } from '@etalon/core';
import {
  adam,
  clipByGlobalNorm,
  cosineDecay,
  createTrainer,
  defineModel,
  dense,
  dropout,
  embedding,
  lstm,
  sequential,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { openExported } from '@etalon/examples-shared';
import type { Vocabulary } from './letters.ts';
import { vocabularyOf, windowsOf } from './letters.ts';
import { nGramBits } from './n-gram.ts';
import type { SamplingOptions } from './sampling.ts';
import { createSampler } from './sampling.ts';

/** Size of the training. */
export interface BookOptions {
  readonly text: string;
  readonly units: number;
  readonly epochs: number;
  /** Told after each epoch. */
  readonly print: (line: string) => void;
}

/** Figures of the book. Bits are those that a letter of the last tenth, which training never saw, needs. */
export interface BookResult {
  readonly letters: number;
  readonly parameters: number;
  readonly bits: number;
  readonly fiveGramBits: number;
  readonly seconds: number;
  /** Written by the exported model, letter by letter. */
  readonly sample: string;
  /** Whether letter by letter and whole sequence choose the same letters, and how far their scores are apart. */
  readonly streaming: { readonly sameLetters: boolean; readonly difference: number };
}

type LetterModel = Model<{ readonly id: TensorType }, { readonly logits: Tensor }>;

const windowLength = 64;
const batchSize = 16;
// Long ones to be judged by: a window begins without memory of what was before.
const testLength = 1000;

function letterModel(letters: number, units: number): LetterModel {
  const network = sequential(
    embedding(letters, 32),
    lstm(units, { returnSequences: true }),
    dropout(0.3),
    dense(letters),
  );
  return defineModel({
    name: 'letters',
    inputs: { id: tensor('int32', ['batch', 'time']) },
    build: ({ id }) => ({ logits: network(id) }),
  });
}

/** Learns a book letter by letter, and exports what it learned as a model that reads one letter at a time. */
export async function learnBook(
  backend: BackendV1,
  { text, units, epochs, print }: BookOptions,
): Promise<BookResult> {
  const vocabulary = vocabularyOf(text);
  const count = vocabulary.letters.length;
  const ids = vocabulary.encode(text);
  const cut = Math.floor(ids.length * 0.9);
  const [training, test] = [ids.subarray(0, cut), ids.subarray(cut)];
  const examples = windowsOf(training, windowLength);
  const model = letterModel(count, units);
  const steps = epochs * Math.ceil(examples.size / batchSize);
  const trainer = await createTrainer(model, {
    backend,
    seed: 1,
    targets: { next: tensor('int32', ['batch', 'time']) },
    loss: ({ logits }, { next }) => sparseCategoricalCrossEntropy(logits, next),
    optimizer: adam({
      learningRate: cosineDecay({ initialRate: 5e-3, decaySteps: steps, alpha: 0.05 }),
    }),
    transformGradients: (gradients) => clipByGlobalNorm(gradients, 1),
  });
  const began = performance.now();
  await trainer.fit(examples, {
    epochs,
    batchSize,
    onEpochEnd: ({ epoch, logs }) =>
      print(`epoch ${epoch + 1}: ${bitsOf(logs.loss).toFixed(3)} bits per letter of training`),
  });
  const seconds = (performance.now() - began) / 1000;
  const { loss } = await trainer.evaluate(windowsOf(test, testLength));
  const variables = trainer.variables;
  trainer.dispose();
  return {
    letters: ids.length,
    parameters: model.variables.parameters.reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    ),
    bits: bitsOf(loss),
    fiveGramBits: nGramBits(training, test, 5, count),
    seconds,
    sample: await write(model, variables, vocabulary, 'Call me ', 300, {
      temperature: 0.7,
      topK: 20,
      seed: 3,
    }),
    streaming: await compareStreaming(model, variables, test.slice(0, 48)),
  };
}

function bitsOf(loss: number): number {
  return loss / Math.LN2;
}

/** Opens the exported model that takes letters as they are typed. */
async function openTyping(
  model: LetterModel,
  variables: Variables<HostTensor>,
): Promise<{ type(id: number): Promise<Float32Array>; close(): Promise<void> }> {
  const { program, carried } = model.streaming(variables);
  const exported = await openExported(program);
  let state: Readonly<Record<string, HostTensor>> = Object.fromEntries(
    Object.entries(carried).map(([name, { shape }]) => {
      const units = Number(shape[1]);
      return [name, { dtype: 'float32', shape: [1, units], data: new Float32Array(units) }];
    }),
  );
  return {
    type: async (id) => {
      const letter = { dtype: 'int32', shape: [1, 1], data: Int32Array.of(id) } as const;
      const { logits, ...next } = await exported.run({ id: letter, ...state });
      state = next;
      return logits?.data as Float32Array;
    },
    close: () => exported.dispose(),
  };
}

/** Goes on with a text. */
async function write(
  model: LetterModel,
  variables: Variables<HostTensor>,
  { encode, decode }: Vocabulary,
  begin: string,
  length: number,
  options: SamplingOptions,
): Promise<string> {
  const typing = await openTyping(model, variables);
  const sampler = createSampler(options);
  let scores: ArrayLike<number> = [];
  for (const id of encode(begin)) scores = await typing.type(id);
  const written: number[] = [];
  while (written.length < length) {
    const id = sampler.draw(scores);
    written.push(id);
    scores = await typing.type(id);
  }
  await typing.close();
  return begin + decode(written);
}

/** Reads a text letter by letter and at once. */
async function compareStreaming(
  model: LetterModel,
  variables: Variables<HostTensor>,
  ids: Int32Array,
): Promise<BookResult['streaming']> {
  const whole = await openExported(model.freeze(variables));
  const { logits } = await whole.run({ id: { dtype: 'int32', shape: [1, ids.length], data: ids } });
  await whole.dispose();
  const typing = await openTyping(model, variables);
  const width = (logits?.data.length ?? 0) / ids.length;
  let sameLetters = true;
  let difference = 0;
  for (const [at, id] of ids.entries()) {
    const expected = (logits?.data ?? new Float32Array()).slice(at * width, (at + 1) * width);
    const scores = await typing.type(id);
    sameLetters &&= largest(scores) === largest(expected);
    scores.forEach((score, letter) => {
      difference = Math.max(difference, Math.abs(score - (expected[letter] ?? Number.NaN)));
    });
  }
  await typing.close();
  return { sameLetters, difference };
}

function largest(scores: ArrayLike<number>): number {
  return Array.from(scores).reduce(
    (best, score, at, all) => (score > (all[best] ?? 0) ? at : best),
    0,
  );
}
