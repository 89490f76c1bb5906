import type { BackendV1 } from '@etalon/core';
import { transferVariables } from '@etalon/core';
import { verifyExported } from '@etalon/examples-shared';
import type { DigitNetwork } from './digit-network.ts';
import { digitNetwork, sees } from './digit-network.ts';
import type { Digits } from './digits.ts';
import { drawOfEach, halvesOf } from './few-digits.ts';
import type { LearnedDigits } from './learn-digits.ts';
import { learnDigits } from './learn-digits.ts';

/** Figures of one way to learn the new digits. */
export interface WayResults {
  /** Share of the test images of the new digits that are found, for each draw of images to learn from. */
  readonly accuracies: readonly number[];
  readonly mean: number;
  /** Parameters that learn. */
  readonly trained: number;
  readonly millisecondsPerStep: number;
}

/** Figures of fine-tuning. */
export interface FineTuneResults {
  /** Share of the test images of 0 to 4 that the first network finds. */
  readonly firstTask: number;
  /** Images of 5 to 9 to learn from. */
  readonly images: number;
  /** From first values that are drawn. */
  readonly scratch: WayResults;
  /** From what the first network sees, and only the layers that decide learn. */
  readonly frozen: WayResults;
  /** From what the first network sees, and all layers learn. */
  readonly whole: WayResults;
  /** Elements of frozen parameters that are not what they were. */
  readonly frozenChanged: number;
  /** Largest difference of the exported network with frozen layers, as a share of its largest score. */
  readonly exportDifference: number;
}

/** How much is done. */
export interface FineTuneBudget {
  readonly filters: number;
  readonly firstEpochs: number;
  /** Images of each new digit. */
  readonly perDigit: number;
  readonly epochs: number;
  /** Draws of images and of first values. */
  readonly draws: number;
}

/** Learns 0 to 4 from many images, and then 5 to 9 from few: anew, and from what the first network sees. */
export async function fineTune(
  backend: BackendV1,
  { training, test }: { readonly training: Digits; readonly test: Digits },
  { filters, firstEpochs, perDigit, epochs, draws }: FineTuneBudget,
  print: (line: string) => void,
): Promise<FineTuneResults> {
  const model = digitNetwork(filters);
  const [known, unknown] = [halvesOf(training), halvesOf(test)];
  const many = { training: known.low, test: unknown.low, epochs: firstEpochs, batchSize: 64 };
  const first = await learnDigits(backend, model, { ...many, seed: 1 });
  print(`0 to 4: ${(100 * first.accuracy).toFixed(2)} %`);
  const ways = { scratch: [], frozen: [], whole: [] } as Record<Way, LearnedDigits[]>;
  for (let draw = 0; draw < draws; draw++) {
    const few = {
      training: drawOfEach(known.high, perDigit, draw),
      test: unknown.high,
      epochs,
      batchSize: 20,
      seed: draw,
    };
    const drawn = model.initialize(10 + draw);
    const variables = transferVariables(drawn, first.variables, { only: sees });
    const decides = (path: string): boolean => !sees(path);
    const starts = {
      scratch: { variables: drawn },
      frozen: { variables, trainable: decides },
      whole: { variables },
    };
    for (const way of Object.keys(ways) as Way[]) {
      const learned = await learnDigits(backend, model, { ...few, ...starts[way] });
      ways[way].push(learned);
      print(`5 to 9, ${way}: ${(100 * learned.accuracy).toFixed(2)} %`);
    }
  }
  return {
    firstTask: first.accuracy,
    images: 5 * perDigit,
    scratch: together(ways.scratch, countOf(model)),
    frozen: together(
      ways.frozen,
      countOf(model, (path) => !sees(path)),
    ),
    whole: together(ways.whole, countOf(model)),
    frozenChanged: ways.frozen.reduce((sum, learned) => sum + changed(first, learned), 0),
    exportDifference: await exportDifference(model, ways.frozen),
  };
}

type Way = 'scratch' | 'frozen' | 'whole';

function together(learned: readonly LearnedDigits[], trained: number): WayResults {
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const accuracies = learned.map(({ accuracy }) => accuracy);
  return {
    accuracies,
    mean: meanOf(accuracies),
    trained,
    millisecondsPerStep: meanOf(learned.map((each) => each.millisecondsPerStep)),
  };
}

function countOf(
  { variables }: DigitNetwork,
  counts: (path: string) => boolean = () => true,
): number {
  return variables.parameters
    .filter(({ path }) => counts(path))
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

function changed(first: LearnedDigits, learned: LearnedDigits): number {
  const paths = Object.keys(first.variables.parameters).filter(sees);
  return paths.reduce((sum, path) => {
    const [before, after] = [first, learned].map((each) => each.variables.parameters[path]?.data);
    return sum + (before?.filter((value, at) => !Object.is(value, after?.[at])).length ?? 0);
  }, 0);
}

async function exportDifference(
  model: DigitNetwork,
  learned: readonly LearnedDigits[],
): Promise<number> {
  const differences: number[] = [];
  for (const { variables, image, logits } of learned) {
    differences.push(await verifyExported(model.freeze(variables), { image }, { logits }));
  }
  return Math.max(...differences);
}
