import { readFileSync } from 'node:fs';
import type { ExampleBatch, IndexedExamples, Layer, Tensor, Trainer } from '@etalon/core';
import {
  adam,
  conv2d,
  createTrainer,
  defineModel,
  dense,
  dropout,
  flatten,
  maxPool2d,
  sequential,
  sgd,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

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

/** What tools/goldens/core/make_training.py wrote. */
const goldens: Goldens = JSON.parse(
  readFileSync(new URL('../../../core/test/vectors/training.json', import.meta.url), 'utf8'),
);
const { batchSize, epochs } = goldens.settings;

function floats({ shape, data }: Stored): ExampleBatch[string] {
  return { dtype: 'float32', shape, data: Float32Array.from(data) };
}

function examplesOf(net: keyof typeof nets): IndexedExamples {
  const { x, label } = goldens.nets[net];
  const [size = 0, ...shape] = x.shape;
  const width = x.data.length / size;
  return {
    size,
    fields: { x: { dtype: 'float32', shape }, label: { dtype: 'int32', shape: [] } },
    gather: (indices) => ({
      x: floats({
        shape: [indices.length, ...shape],
        data: [...indices].flatMap((index) => x.data.slice(index * width, (index + 1) * width)),
      }),
      label: {
        dtype: 'int32',
        shape: [indices.length],
        data: Int32Array.from(indices, (index) => label[index] ?? -1),
      },
    }),
  };
}

let backend: OnnxRuntimeBackend;
beforeAll(async () => {
  backend = await createOnnxRuntimeBackend({ device: 'cpu' });
});
afterAll(() => backend.dispose());

type DigitTrainer = Trainer<
  { readonly x: ReturnType<typeof tensor> },
  { readonly logits: Tensor },
  never
>;

function trainerOf(
  net: keyof typeof nets,
  optimizer: keyof typeof optimizers,
  layer: Layer,
  first?: Readonly<Record<string, Stored>>,
): Promise<DigitTrainer> {
  const model = defineModel({
    name: net,
    inputs: { x: tensor('float32', ['batch', ...goldens.nets[net].x.shape.slice(1)]) },
    build: ({ x }): { readonly logits: Tensor } => ({ logits: layer(x) }),
  });
  const parameters = Object.entries(first ?? {}).map(([path, value]) => [path, floats(value)]);
  return createTrainer(model, {
    backend,
    seed: 4,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: optimizers[optimizer](),
    ...(first && { variables: { parameters: Object.fromEntries(parameters), state: {} } }),
  });
}

describe('training on onnxruntime-cpu', () => {
  // 30 steps in float32 against float64; measured 1.3e-7 for losses and 2.9e-7 for variables.
  const tolerance = 2e-6;

  const runs = goldens.runs.flatMap((run) => [
    { ...run, stepsPerCall: 1 as const },
    { ...run, stepsPerCall: 'auto' as const },
  ]);
  it.each(runs)(
    'of the $net net with $optimizer, $stepsPerCall steps a call, goes as in PyTorch',
    async (run) => {
      const trainer = await trainerOf(
        run.net,
        run.optimizer,
        nets[run.net](),
        goldens.nets[run.net].first,
      );
      const means = new Map<number, number>();
      await trainer.fit(examplesOf(run.net), {
        epochs,
        batchSize,
        shuffle: false,
        stepsPerCall: run.stepsPerCall,
        onProgress: ({ iteration, logs }) => {
          means.set(iteration, logs.loss);
        },
      });
      // In a loop batches of 16 go together, and the one of 8 that ends an epoch by itself.
      expect(means.size).toBe(run.stepsPerCall === 1 ? 3 * epochs : 2 * epochs);
      // The mean over an epoch so far; its three batches have 16, 16 and 8 examples.
      const sizes = [16, 16, 8];
      run.losses.forEach((_, step) => {
        const mean = means.get(step + 1);
        if (mean === undefined) return;
        const part = run.losses.slice(step - (step % 3), step + 1);
        const sum = part.reduce((total, loss, index) => total + loss * (sizes[index] ?? 0), 0);
        const count = sizes.slice(0, part.length).reduce((total, size) => total + size, 0);
        expect(Math.abs(mean - sum / count)).toBeLessThan(tolerance);
      });
      for (const [path, { data }] of Object.entries(run.last)) {
        const found = trainer.variables.parameters[path]?.data ?? [];
        data.forEach((value, index) => {
          expect(Math.abs((found[index] ?? Number.NaN) - value)).toBeLessThan(tolerance);
        });
      }
      trainer.dispose();
    },
  );

  const examples = examplesOf('convolutional');
  const options = { epochs: 3, batchSize: 8, stepsPerCall: 1 } as const;
  const dropping = () =>
    trainerOf('convolutional', 'adam', sequential(nets.convolutional(), dropout(0.25), dense(3)));

  it('goes on after an abort to the same bits', async () => {
    const straight = await dropping();
    await straight.fit(examples, options);
    const trainer = await dropping();
    const signal = { aborted: false, reason: undefined };
    const onProgress = (): void => {
      signal.aborted = trainer.iteration === 7;
    };
    await expect(trainer.fit(examples, { ...options, signal, onProgress })).rejects.toMatchObject({
      code: 'TRAINING_ABORTED',
    });
    expect(trainer.iteration).toBe(7);
    await trainer.fit(examples, options);
    expect(trainer.variables).toEqual(straight.variables);
  });

  it('goes on from a checkpoint in another trainer to the same bits', async () => {
    const trainer = await dropping();
    let bytes: Uint8Array = new Uint8Array();
    await trainer.fit(examples, {
      ...options,
      onProgress: async ({ iteration }) => {
        if (iteration === 8) bytes = await trainer.checkpoint();
      },
    });
    const uninterrupted = await dropping();
    await uninterrupted.fit(examples, options);
    const other = await dropping();
    await other.restore(bytes);
    await other.fit(examples, options);
    expect(other.variables).toEqual(trainer.variables);
    expect(other.variables).toEqual(uninterrupted.variables);
  });

  it('does not depend on the number of steps in one call, dropout included', async () => {
    const single = await dropping();
    const several = await dropping();
    await single.fit(examples, options);
    await several.fit(examples, { ...options, stepsPerCall: 2 });
    for (const [path, { data }] of Object.entries(single.variables.parameters)) {
      data.forEach((value, index) => {
        const found = several.variables.parameters[path]?.data[index] ?? Number.NaN;
        expect(Math.abs(found - value)).toBeLessThan(tolerance);
      });
    }
  });

  it('evaluates and predicts what the frozen program gives', async () => {
    const trainer = await dropping();
    await trainer.fit(examples, options);
    const { loss } = await trainer.evaluate(examples, { batchSize: 9 });
    const { logits } = await trainer.predict(examples, { batchSize: 9 });
    expect(logits.shape).toEqual([40, 3]);
    const { label } = goldens.nets.convolutional;
    const losses = label.map((truth, row) => {
      const scores = [...logits.data.subarray(row * 3, row * 3 + 3)];
      return Math.log(scores.reduce((sum, z) => sum + Math.exp(z), 0)) - (scores[truth] ?? 0);
    });
    expect(loss).toBeCloseTo(losses.reduce((sum, value) => sum + value, 0) / 40, 5);
  });
});
