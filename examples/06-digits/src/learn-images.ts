import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import {
  adamW,
  createTrainer,
  oneCycle,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import type { AugmentOptions, MnistDatasets } from '@etalon/datasets';
import { augmentImages, imagesToFloat, split, takeExamples } from '@etalon/datasets';
import { verifyExported } from '@etalon/examples-shared';
import type { Classifier } from './classifier.ts';

/** How images are learned. */
export interface LearnImagesOptions {
  readonly images: MnistDatasets;
  /** Images to train with, of which a twelfth is kept to stop by. */
  readonly count: number;
  readonly epochs: number;
  /** How images are changed, so that none is seen twice. */
  readonly augment: Omit<AugmentOptions, 'seed'>;
  readonly print: (line: string) => void;
}

/** Figures of a classifier. */
export interface LearnedImages {
  /** Share of the 10,000 test images whose class is found. */
  readonly accuracy: number;
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly stoppedEarly: boolean;
  readonly seconds: number;
  readonly parameters: number;
  /** Share of the validation found after each epoch. */
  readonly validation: readonly number[];
  /** Largest difference of the exported model, as a share of its largest number. */
  readonly exportDifference: number;
}

/** A classifier that has learned. */
export interface ImageReader {
  readonly result: LearnedImages;
  readonly variables: Variables<HostTensor>;
  /** Maps of the first layer for some test images, `[count, 28, 28, filters]`. */
  readonly maps: HostTensor;
}

const batchSize = 64;

/** Trains with changed images, a learning rate that rises and falls, and the weights of the best epoch. */
export async function learnImages(
  backend: BackendV1,
  model: Classifier,
  { images, count, epochs, augment, print }: LearnImagesOptions,
): Promise<ImageReader> {
  const all = takeExamples(imagesToFloat(images.train), count);
  const [training, validation] = split(all, { fraction: 11 / 12, seed: 1 });
  const test = imagesToFloat(images.test);
  const trainer = await createTrainer(model, {
    backend,
    seed: 42,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) =>
      sparseCategoricalCrossEntropy(logits, label, { labelSmoothing: 0.05 }),
    optimizer: adamW({
      learningRate: oneCycle({
        peakRate: 3e-3,
        totalSteps: epochs * Math.ceil(training.size / batchSize),
      }),
      weightDecay: 0.01,
    }),
    metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
  });
  const accuracies: number[] = [];
  const began = performance.now();
  const history = await trainer.fit(augmentImages(training, 'image', { seed: 7, ...augment }), {
    epochs,
    batchSize,
    validation,
    earlyStopping: { monitor: 'accuracy', patience: 6, restoreBest: true },
    onEpochEnd: ({ epoch, logs, validation: checked }) => {
      accuracies.push(checked?.accuracy ?? Number.NaN);
      print(
        `${model.name}, epoch ${epoch + 1}: loss ${logs.loss.toFixed(4)}, ${percent(checked?.accuracy)} of the validation`,
      );
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const { accuracy } = await trainer.evaluate(test);
  const variables = trainer.variables;
  const some = await takeExamples(test, 8).gather(Uint32Array.from({ length: 8 }, (_, at) => at));
  const { logits, maps } = await trainer.predict({ image: some.image });
  trainer.dispose();
  const frozen = model.freeze(variables);
  return {
    variables,
    maps,
    result: {
      accuracy,
      bestEpoch: (history.bestEpoch ?? 0) + 1,
      epochs: accuracies.length,
      stoppedEarly: history.stoppedEarly ?? false,
      seconds,
      parameters: model.variables.parameters.reduce(
        (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
        0,
      ),
      validation: accuracies,
      exportDifference: await verifyExported(frozen, { image: some.image }, { logits, maps }),
    },
  };
}

/** A share as it is printed. */
export function percent(share: number | undefined): string {
  return `${(100 * (share ?? Number.NaN)).toFixed(2)} %`;
}
