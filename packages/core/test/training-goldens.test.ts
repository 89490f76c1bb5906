import { readFileSync } from 'node:fs';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../src/index.ts';
import {
  adam,
  conv2d,
  createTrainer,
  defineModel,
  dense,
  flatten,
  maxPool2d,
  sequential,
  sgd,
  sparseCategoricalCrossEntropy,
  tensor,
} from '../src/index.ts';
import { datasetOf } from './support/datasets.ts';
import { floats, integers } from './support/tensors.ts';

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Goldens {
  readonly settings: { readonly batchSize: number; readonly epochs: number };
  readonly nets: Readonly<
    Record<
      keyof typeof nets,
      {
        readonly x: Stored;
        readonly label: readonly number[];
        readonly first: Readonly<Record<string, Stored>>;
      }
    >
  >;
  readonly runs: readonly {
    readonly net: keyof typeof nets;
    readonly optimizer: keyof typeof optimizers;
    readonly losses: readonly number[];
    readonly last: Readonly<Record<string, Stored>>;
  }[];
}

const nets = {
  dense: () => sequential(dense(8, { activation: 'tanh' }), dense(3)),
  convolutional: () =>
    sequential(
      conv2d(4, { kernelSize: 3, padding: 'same', activation: 'relu' }),
      maxPool2d(2),
      flatten(),
      dense(3),
    ),
};
const optimizers = {
  sgd: () => sgd({ learningRate: 0.125, momentum: 0.75 }),
  adam: () => adam({ learningRate: 0.03125 }),
};

const goldens: Goldens = JSON.parse(
  readFileSync(new URL('./vectors/training.json', import.meta.url), 'utf8'),
);
const { batchSize, epochs } = goldens.settings;

describe('training', () => {
  it.each(goldens.runs)('of the $net net with $optimizer goes as in PyTorch', async (run) => {
    const { x, label, first } = goldens.nets[run.net];
    const network = nets[run.net]();
    const trainer = await createTrainer(
      defineModel({
        name: run.net,
        inputs: { x: tensor('float32', ['batch', ...x.shape.slice(1)]) },
        build: (inputs): { readonly logits: Tensor } => ({ logits: network(inputs.x) }),
      }),
      {
        backend: createReferenceBackend(),
        targets: { label: tensor('int32', ['batch']) },
        loss: ({ logits }, targets) => sparseCategoricalCrossEntropy(logits, targets.label),
        optimizer: optimizers[run.optimizer](),
        variables: {
          parameters: Object.fromEntries(
            Object.entries(first).map(([path, { data, shape }]) => [path, floats(data, shape)]),
          ),
          state: {},
        },
      },
    );
    const examples = datasetOf({ x: floats(x.data, x.shape), label: integers(...label) });
    const means: number[] = [];
    const history = await trainer.fit(examples, {
      epochs,
      batchSize,
      shuffle: false,
      onProgress: ({ logs }) => {
        means.push(logs.loss);
      },
    });

    // Progress reports the mean over the epoch's examples so far, and the last batch has fewer of them.
    const sizes = [16, 16, 8];
    const expected = run.losses.map((_, step) => {
      const begin = step - (step % 3);
      const part = run.losses.slice(begin, step + 1);
      const sum = part.reduce((total, loss, index) => total + loss * (sizes[index] ?? 0), 0);
      return sum / sizes.slice(0, part.length).reduce((total, size) => total + size, 0);
    });
    expect(means).toHaveLength(run.losses.length);
    means.forEach((mean, step) => {
      expect(Math.abs(mean - (expected[step] ?? Number.NaN))).toBeLessThan(1e-6);
    });
    expect(history.epochs.map(({ logs }) => logs.loss)).toEqual(
      means.filter((_, step) => step % 3 === 2),
    );
    for (const [path, { data }] of Object.entries(run.last)) {
      data.forEach((value, index) => {
        const found = trainer.variables.parameters[path]?.data[index] ?? Number.NaN;
        expect(Math.abs(found - value)).toBeLessThan(1e-6);
      });
    }
    trainer.dispose();
  });
});
