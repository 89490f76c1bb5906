import type { BackendV1 } from '@etalon/core';
import { normalizeField, shuffledIndices, subset } from '@etalon/datasets';
import { loadIris } from '@etalon/datasets/node';
import type { Learned } from './learn.ts';
import { learn } from './learn.ts';
import type { TabularDataset } from './perceptrons.ts';
import { perceptrons } from './perceptrons.ts';

/** Figures of the irises, each flower judged by a network that did not learn from it. */
export interface IrisResults {
  readonly flowers: number;
  /** Share of the flowers that are of the species most frequent among those learned from. */
  readonly mostFrequent: number;
  readonly linear: Learned;
  readonly hidden: Learned;
}

const folds = 5;

/**
 * Learns species of irises from four lengths, without and with a hidden layer. A test of a few dozen flowers would say little: every flower
 * is in the test of one of five networks (Stone 1974).
 */
export async function learnIrises(backend: BackendV1, epochs: number): Promise<IrisResults> {
  const irises = await loadIris();
  const parts = await foldsOf(irises);
  const network = async (name: string, depth: number): Promise<Learned> => {
    const model = perceptrons(name, { features: 4, classes: 3, width: 16, depth });
    const results: Learned[] = [];
    for (const part of parts) {
      results.push((await learn(backend, model, { ...part, epochs })).result);
    }
    return together(results);
  };
  const guesses = await Promise.all(parts.map(mostFrequent));
  return {
    flowers: irises.size,
    mostFrequent: meanOf(guesses),
    linear: await network('linear', 0),
    hidden: await network('irises', 1),
  };
}

interface Fold {
  readonly training: TabularDataset;
  readonly test: TabularDataset;
}

async function foldsOf(irises: TabularDataset): Promise<readonly Fold[]> {
  const order = shuffledIndices(irises.size, { seed: 5 });
  return Promise.all(
    Array.from({ length: folds }, async (_, fold) => {
      const training = subset(
        irises,
        order.filter((_, at) => at % folds !== fold),
      );
      const test = subset(
        irises,
        order.filter((_, at) => at % folds === fold),
      );
      // By the flowers learned from alone: what is known of the others must not help.
      const statistics = await statisticsOf(training);
      return {
        training: normalizeField(training, 'features', statistics),
        test: normalizeField(test, 'features', statistics),
      };
    }),
  );
}

function together(results: readonly Learned[]): Learned {
  const [{ parameters, flops } = { parameters: 0, flops: 0 }] = results;
  return {
    accuracy: meanOf(results.map(({ accuracy }) => accuracy)),
    parameters,
    flops,
    seconds: results.reduce((sum, { seconds }) => sum + seconds, 0),
    exportDifference: Math.max(...results.map(({ exportDifference }) => exportDifference)),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function wholeOf(dataset: TabularDataset) {
  return dataset.gather(Uint32Array.from({ length: dataset.size }, (_, at) => at));
}

async function statisticsOf(flowers: TabularDataset) {
  const { features } = await wholeOf(flowers);
  const columns = [0, 1, 2, 3].map((column) =>
    [...features.data].filter((_, at) => at % 4 === column),
  );
  const mean = columns.map(meanOf);
  const standardDeviation = columns.map((values, column) =>
    Math.sqrt(meanOf(values.map((value) => (value - (mean[column] ?? 0)) ** 2))),
  );
  return { mean, standardDeviation };
}

async function mostFrequent({ training, test }: Fold): Promise<number> {
  const [known, asked] = [await wholeOf(training), await wholeOf(test)];
  const counts = [0, 1, 2].map(
    (species) => [...known.label.data].filter((l) => l === species).length,
  );
  const species = counts.indexOf(Math.max(...counts));
  return [...asked.label.data].filter((label) => label === species).length / test.size;
}
