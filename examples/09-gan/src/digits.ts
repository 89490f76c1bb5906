import type { BackendV1, HostTensor } from '@etalon/core';
import { imagesToFloat, takeExamples } from '@etalon/datasets';
import { loadMnist } from '@etalon/datasets/node';
import { classifier, learnClassifier } from './classifier.ts';
import { digitGames } from './digit-games.ts';
import type { Judgement } from './judge.ts';
import { Judge } from './judge.ts';
import type { Digits } from './learn-digits.ts';
import type { GeneratorResult } from './play-game.ts';
import { give, playGame } from './play-game.ts';

/** Names of the games. */
export type GameName = keyof typeof digitGames;

/** Figures of all. */
export interface DigitsResults {
  readonly steps: DigitsBudget['steps'];
  readonly classifier: { readonly accuracy: number; readonly seconds: number };
  /** Digits of the training, looked at as if they were made. */
  readonly real: Judgement;
  readonly games: Readonly<Record<GameName, GeneratorResult>>;
  /** Mean difference of a pixel to the real image: of what is made from its edges, and of the edges themselves. */
  readonly pixelError: { readonly filled: number; readonly edges: number };
}

/** Figures, and images of each generator. */
export interface DigitsRun {
  readonly results: DigitsResults;
  readonly images: Readonly<Record<GameName | 'real' | 'outlines', HostTensor>>;
}

/** How much is done. */
export interface DigitsBudget {
  /** Digits to learn from. */
  readonly count: number;
  /** Of the classifier. */
  readonly epochs: number;
  readonly steps: {
    /** Of any digit, and of one dense layer, which has as many. */
    readonly digits: number;
    readonly asked: number;
    readonly edges: number;
  };
  /** Of the networks. */
  readonly width: number;
  /** Images that are judged, of each generator. */
  readonly samples: number;
}

/** Trains the classifier that judges, then plays every game and has what the generators make judged. */
export async function learnAllDigits(
  backend: BackendV1,
  { count, epochs, steps, width, samples }: DigitsBudget,
  print: (line: string) => void,
): Promise<DigitsRun> {
  const mnist = await loadMnist();
  const digits: Digits = takeExamples(imagesToFloat(mnist.train), count);
  const test: Digits = takeExamples(imagesToFloat(mnist.test), samples);
  const { variables, ...learned } = await learnClassifier(backend, { digits, test, epochs });
  print(`classifier: ${(100 * learned.accuracy).toFixed(2)} % of the test images`);
  const real = wholeOf(test);
  const judge = await Judge.create(backend, classifier.freeze(variables), real.image);
  const given = await give(backend, real.image);
  const play = (name: GameName, length: number, asked?: HostTensor) => {
    const options = { digits, steps: length, print, given, judge, asked };
    return playGame(backend, digitGames[name](width), options);
  };
  const plain = await play('plain', steps.digits);
  const free = await play('digits', steps.digits);
  const asked = await play('asked', steps.asked, given.label);
  const edges = await play('edges', steps.edges, real.label);
  return {
    results: {
      steps,
      classifier: learned,
      real: await judge.look(wholeOf(takeExamples(digits, samples)).image),
      games: {
        plain: plain.result,
        digits: free.result,
        asked: asked.result,
        edges: edges.result,
      },
      pixelError: {
        filled: meanDifference(edges.image, real.image),
        edges: meanDifference(given.edges, real.image),
      },
    },
    images: {
      real: real.image,
      outlines: given.edges,
      plain: plain.image,
      digits: free.image,
      asked: asked.image,
      edges: edges.image,
    },
  };
}

function wholeOf(digits: Digits) {
  return digits.gather(Uint32Array.from({ length: digits.size }, (_, at) => at));
}

function meanDifference(some: HostTensor, others: HostTensor): number {
  let sum = 0;
  for (const [at, value] of some.data.entries())
    sum += Math.abs(Number(value) - Number(others.data[at]));
  return sum / some.data.length;
}
