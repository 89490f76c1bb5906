import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import {
  adam,
  createTrainer,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { Presets, SingleBar } from 'cli-progress';
import type { Digits } from './data.ts';
import { digits } from './digits.ts';

/** What training came to. */
export interface Trained {
  readonly variables: Variables<HostTensor>;
  /** Share of the test images that are classified right. */
  readonly accuracy: number;
  readonly loss: number;
  /** Wall time of the training steps alone. */
  readonly trainSeconds: number;
}

/** Trains the model with a progress bar. */
export async function train(backend: BackendV1, data: Digits, epochs: number): Promise<Trained> {
  const trainer = await createTrainer(digits, {
    backend,
    seed: 42,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: adam({ learningRate: 2e-3 }),
    metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
  });
  const bar = new SingleBar(
    {
      format:
        'epoch {epoch} |{bar}| loss {loss}  accuracy {accuracy}  {speed} images/s  {left} left',
      hideCursor: true,
      // A log keeps one line every few seconds; a terminal shows the bar moving.
      noTTYOutput: true,
      notTTYSchedule: 5000,
    },
    Presets.shades_classic,
  );
  bar.start(epochs * Math.ceil(data.train.size / batchSize), 0, {
    epoch: `1/${epochs}`,
    loss: '-',
    accuracy: '-',
    speed: '-',
    left: '-',
  });
  const history = await trainer
    .fit(data.train, {
      epochs,
      batchSize,
      onProgress: ({ epoch, step, steps = 0, logs, examplesPerSecond, secondsLeft = 0 }) => {
        bar.update(epoch * steps + step, {
          epoch: `${epoch + 1}/${epochs}`,
          loss: logs.loss.toFixed(4),
          accuracy: percent(logs.accuracy),
          speed: Math.round(examplesPerSecond).toLocaleString('en-US'),
          left: `${Math.ceil(secondsLeft)} s`,
        });
      },
    })
    .finally(() => bar.stop());
  const { accuracy, loss } = await trainer.evaluate(data.test);
  const { variables } = trainer;
  trainer.dispose();
  const trainSeconds = history.epochs.reduce((total, { seconds }) => total + seconds, 0);
  return { variables, accuracy, loss, trainSeconds };
}

// 64 examples a step: the size that the published figures of this network are for.
const batchSize = 64;

/** Formats a share as a percentage. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
