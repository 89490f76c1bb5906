import type { BackendV1 } from '@etalon/core';
import {
  adamW,
  clipByGlobalNorm,
  cosineDecay,
  createTokenGenerator,
  createTrainer,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import type { CharacterVocabulary } from '@etalon/datasets';
import { characterVocabulary, windowsOf } from '@etalon/datasets';
import { nGramBits } from './n-gram.ts';
import type { LetterModel } from './networks.ts';
import type { StreamingComparison } from './typing.ts';
import { compareStreaming } from './typing.ts';

/** A book cut in two: what is learned from, and the last tenth, which training never sees. */
export interface Book {
  readonly vocabulary: CharacterVocabulary;
  readonly training: Int32Array;
  readonly test: Int32Array;
}

/** How a model reads. */
export interface ReadingOptions {
  /** Letters in a window of training. */
  readonly windowLength: number;
  /** From one window to the next. */
  readonly stride: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** Told after each epoch. */
  readonly print: (line: string) => void;
}

/** Figures of a model. Bits are those that a letter of the test needs. */
export interface ReadingResult {
  readonly parameters: number;
  readonly bits: number;
  readonly seconds: number;
  /** Written by the model on the backend it was trained on. */
  readonly sample: string;
  /** Of the exported model. */
  readonly streaming: StreamingComparison;
}

/** A model that has read a book. */
export interface Reader {
  readonly result: ReadingResult;
  readonly variables: ReturnType<LetterModel['initialize']>;
}

// Long ones to be judged by: a window begins without memory of what was before.
const testLength = 1000;

// More than the context of any network here, so that keys and values are also compared when old ones have left.
const typedLength = 400;

/** Cuts a text. */
export function bookOf(text: string): Book {
  const vocabulary = characterVocabulary(text);
  const ids = vocabulary.encode(text);
  const cut = Math.floor(ids.length * 0.9);
  return { vocabulary, training: ids.subarray(0, cut), test: ids.subarray(cut) };
}

/** Bits per letter of the test by letters counted five in a row. */
export function fiveGramBits({ vocabulary, training, test }: Book): number {
  return nGramBits(training, test, 5, vocabulary.size);
}

/** Learns a book letter by letter, goes on with "Call me", and exports what it learned as a model that reads one letter at a time. */
export async function readBook(
  backend: BackendV1,
  model: LetterModel,
  { vocabulary, training, test }: Book,
  { windowLength: length, stride, batchSize, epochs, learningRate, print }: ReadingOptions,
): Promise<Reader> {
  const examples = windowsOf(training, { length, stride });
  const steps = epochs * Math.ceil(examples.size / batchSize);
  const schedule = cosineDecay({
    initialRate: 0,
    warmupTarget: learningRate,
    warmupSteps: Math.ceil(steps / 50),
    decaySteps: steps,
    alpha: 0.05,
  });
  const trainer = await createTrainer(model, {
    backend,
    seed: 1,
    targets: { target: tensor('int32', ['batch', 'time']) },
    loss: ({ logits }, { target }) => sparseCategoricalCrossEntropy(logits, target),
    optimizer: adamW({ learningRate: schedule, weightDecay: 0.01 }),
    transformGradients: (gradients) => clipByGlobalNorm(gradients, 1),
  });
  const began = performance.now();
  await trainer.fit(examples, {
    epochs,
    batchSize,
    onEpochEnd: ({ epoch, logs }) =>
      print(
        `${model.name}, epoch ${epoch + 1}: ${bitsOf(logs.loss).toFixed(3)} bits per letter of training`,
      ),
  });
  const seconds = (performance.now() - began) / 1000;
  const { loss } = await trainer.evaluate(windowsOf(test, { length: testLength }), {
    batchSize: 4,
  });
  const variables = trainer.variables;
  trainer.dispose();
  const generator = await createTokenGenerator(model, { backend, variables });
  const begin = 'Call me ';
  const written: number[] = [];
  const options = { maxTokens: 300, temperature: 0.7, topK: 20, seed: 3 };
  for await (const id of generator.generate(vocabulary.encode(begin), options)) written.push(id);
  generator.dispose();
  return {
    variables,
    result: {
      parameters: sizeOf(model),
      bits: bitsOf(loss),
      seconds,
      sample: begin + vocabulary.decode(written),
      streaming: await compareStreaming(model, variables, test.slice(0, typedLength)),
    },
  };
}

function bitsOf(loss: number): number {
  return loss / Math.LN2;
}

function sizeOf({ variables }: LetterModel): number {
  const sizes = variables.parameters.map(({ shape }) =>
    shape.reduce((product, size) => product * size, 1),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
