import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import {
  adam,
  conv2d,
  createTrainer,
  defineModel,
  dense,
  dropout,
  flatten,
  maxPool2d,
  oneCycle,
  sequential,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import type { Digits } from './learn-digits.ts';

/** Numbers that describe a digit before it is named. */
export const featureCount = 64;

/** Names digits: `logits [batch, 10]`, and what it sees of them, `features [batch, 64]`. */
export const classifier = defineModel({
  name: 'classifier',
  inputs: { image: tensor('float32', ['batch', 28, 28, 1]) },
  build: ({ image }) => {
    const features = sequential(
      conv2d(16, { kernelSize: 5, padding: 'same', activation: 'relu' }),
      maxPool2d(2),
      conv2d(32, { kernelSize: 5, padding: 'same', activation: 'relu' }),
      maxPool2d(2),
      flatten(),
      dropout(0.4),
      dense(featureCount, { activation: 'relu' }),
    )(image);
    return { features, logits: dense(10)(features) };
  },
});

/** A classifier that has learned. */
export interface LearnedClassifier {
  readonly variables: Variables<HostTensor>;
  /** Share of the test images that it names rightly. */
  readonly accuracy: number;
  readonly seconds: number;
}

const batchSize = 64;

/** Trains the classifier with real digits. */
export async function learnClassifier(
  backend: BackendV1,
  {
    digits,
    test,
    epochs,
  }: { readonly digits: Digits; readonly test: Digits; readonly epochs: number },
): Promise<LearnedClassifier> {
  const totalSteps = epochs * Math.ceil(digits.size / batchSize);
  const trainer = await createTrainer(classifier, {
    backend,
    seed: 11,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: adam({ learningRate: oneCycle({ peakRate: 3e-3, totalSteps }) }),
    metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
  });
  const began = performance.now();
  await trainer.fit(digits, { epochs, batchSize });
  const seconds = (performance.now() - began) / 1000;
  const { accuracy } = await trainer.evaluate(test);
  const { variables } = trainer;
  trainer.dispose();
  return { variables, accuracy, seconds };
}
