import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import {
  adam,
  cosineDecay,
  createTrainer,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { takeExamples } from '@etalon/datasets';
import type { DigitNetwork } from './digit-network.ts';
import type { Digits } from './digits.ts';
import { wholeOf } from './digits.ts';

/** From what, from which values on, and how long. */
export interface LearnDigitsOptions {
  readonly training: Digits;
  readonly test: Digits;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** First values; default drawn by the seed. */
  readonly variables?: Variables<HostTensor>;
  /** Which parameters learn; default all. */
  readonly trainable?: (path: string) => boolean;
}

/** A network that has learned. */
export interface LearnedDigits {
  readonly variables: Variables<HostTensor>;
  /** Share of the test images that it finds. */
  readonly accuracy: number;
  readonly millisecondsPerStep: number;
  /** Some test images, and its scores for them. */
  readonly image: HostTensor;
  readonly logits: HostTensor;
}

/** Trains a network to tell five digits apart. */
export async function learnDigits(
  backend: BackendV1,
  model: DigitNetwork,
  { training, test, epochs, batchSize, seed, ...from }: LearnDigitsOptions,
): Promise<LearnedDigits> {
  const steps = epochs * Math.ceil(training.size / batchSize);
  const trainer = await createTrainer(model, {
    backend,
    seed,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: adam({ learningRate: cosineDecay({ initialRate: 1e-3, decaySteps: steps }) }),
    metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
    ...from,
  });
  const began = performance.now();
  await trainer.fit(training, { epochs, batchSize });
  const millisecondsPerStep = (performance.now() - began) / steps;
  const { accuracy } = await trainer.evaluate(test);
  const { image } = wholeOf(takeExamples(test, 64));
  const { logits } = await trainer.predict({ image });
  const { variables } = trainer;
  trainer.dispose();
  return { variables, accuracy, millisecondsPerStep, image, logits };
}
