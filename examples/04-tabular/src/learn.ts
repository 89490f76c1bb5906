import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import {
  adam,
  cosineDecay,
  createTrainer,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossEntropy,
  summarize,
  tensor,
} from '@etalon/core';
import { verifyExported } from '@etalon/examples-shared';
import type { Perceptrons, TabularDataset } from './perceptrons.ts';

/** From what, and how long. */
export interface LearnOptions {
  readonly training: TabularDataset;
  readonly test: TabularDataset;
  readonly epochs: number;
  readonly learningRate?: number;
}

/** Figures of a network. */
export interface Learned {
  /** Share of the test rows whose class is found. */
  readonly accuracy: number;
  readonly parameters: number;
  /** Floating-point operations for one row. */
  readonly flops: number;
  readonly seconds: number;
  /** Largest difference of the exported network, as a share of its largest score. */
  readonly exportDifference: number;
}

/** Figures, and what they are of. */
export interface LearnedPerceptrons {
  readonly result: Learned;
  readonly variables: Variables<HostTensor>;
}

const batchSize = 32;

/** Trains a network, and looks at the test rows once. */
export async function learn(
  backend: BackendV1,
  model: Perceptrons,
  { training, test, epochs, learningRate = 1e-2 }: LearnOptions,
): Promise<LearnedPerceptrons> {
  const decaySteps = epochs * Math.ceil(training.size / batchSize);
  const trainer = await createTrainer(model, {
    backend,
    seed: 2,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: adam({ learningRate: cosineDecay({ initialRate: learningRate, decaySteps }) }),
    metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
  });
  const began = performance.now();
  await trainer.fit(training, { epochs, batchSize });
  const seconds = (performance.now() - began) / 1000;
  const { accuracy } = await trainer.evaluate(test);
  const { variables } = trainer;
  const { features } = await test.gather(Uint32Array.from({ length: test.size }, (_, at) => at));
  const found = await trainer.predict({ features });
  trainer.dispose();
  const { parameters, flops } = summarize(model);
  const exportDifference = await verifyExported(model.freeze(variables), { features }, found);
  return { result: { accuracy, parameters, flops, seconds, exportDifference }, variables };
}
