import type { Tensor } from '@etalon/compiler';
import { constant, reduceSum, tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import type { EtalonError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { datasetOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { floats } from '../../test/support/tensors.ts';
import type { PointTrainer } from '../../test/support/trainers.ts';
import { pointModel, points, pointTrainer, variableBits } from '../../test/support/trainers.ts';
import { dense } from '../layers/dense.ts';
import { sparseCategoricalCrossEntropy } from '../losses/cross-entropy.ts';
import type { Metric } from '../metrics/metric.ts';
import { adam } from '../optimizers/adam.ts';
import { sgd } from '../optimizers/sgd.ts';
import { decodeSafetensors, encodeSafetensors } from '../serialization/safetensors.ts';
import { createTrainer } from './create-trainer.ts';

const examples = datasetOf(points(37));
const options = { epochs: 3, batchSize: 8 };

// Trains to the end and leaves a checkpoint on the way.
async function checkpointAt(trainer: PointTrainer, iteration: number): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array();
  const { epochs } = await trainer.fit(examples, {
    ...options,
    onProgress: async (progress) => {
      if (progress.iteration === iteration) bytes = await trainer.checkpoint();
    },
  });
  expect(epochs).toHaveLength(3);
  return bytes;
}

describe('checkpoint and restore', () => {
  it.each([1, 5, 8, 15])(
    'after step %d of 15 lead another trainer to the same bits',
    async (iteration) => {
      const trainer = await pointTrainer();
      const bytes = await checkpointAt(trainer, iteration);
      const other = await pointTrainer();
      await other.restore(bytes);
      expect(other.iteration).toBe(iteration);
      const { epochs } = await other.fit(examples, options);
      expect(epochs.map(({ epoch }) => epoch)).toEqual(
        [0, 1, 2].filter((epoch) => (epoch + 1) * 5 >= iteration),
      );
      expect(variableBits(other)).toEqual(variableBits(trainer));
      expect(other.iteration).toBe(15);
      // and on, with shuffles and draws of their own
      await trainer.fit(examples, options);
      await other.fit(examples, options);
      expect(variableBits(other)).toEqual(variableBits(trainer));
    },
  );

  it('carry the means of the epoch that was interrupted', async () => {
    const trainer = await pointTrainer();
    let bytes: Uint8Array = new Uint8Array();
    const { epochs } = await trainer.fit(examples, {
      ...options,
      onProgress: async ({ iteration }) => {
        if (iteration === 7) bytes = await trainer.checkpoint();
      },
    });
    const other = await pointTrainer();
    await other.restore(bytes);
    const resumed = await other.fit(examples, options);
    expect(resumed.epochs.map(({ logs }) => logs)).toEqual(epochs.slice(1).map(({ logs }) => logs));
  });

  it('bring the variables along', async () => {
    const trainer = await pointTrainer();
    await trainer.fit(examples, options);
    const other = await pointTrainer();
    await other.restore(await trainer.checkpoint());
    expect(variableBits(other)).toEqual(variableBits(trainer));
    expect(await other.evaluate(examples)).toEqual(await trainer.evaluate(examples));
  });

  it('go back within one trainer', async () => {
    const trainer = await pointTrainer();
    const start = await trainer.checkpoint();
    const before = variableBits(trainer);
    await trainer.fit(examples, options);
    const after = variableBits(trainer);
    await trainer.restore(start);
    expect(variableBits(trainer)).toEqual(before);
    expect(trainer.iteration).toBe(0);
    await trainer.fit(examples, options);
    expect(variableBits(trainer)).toEqual(after);
  });

  it('keep a negative seed, and a metric that is not a number', async () => {
    const weights = floats([Number.NaN, ...Array(36).fill(1)]);
    const weighed = datasetOf({ ...points(37), weight: weights });
    const total: Metric = {
      name: 'total',
      compute: (_, { weight }) => ({ total: reduceSum(weight as Tensor), count: constant(1) }),
    };
    const make = () =>
      createTrainer(pointModel(), {
        backend: createReferenceBackend(),
        seed: -3,
        optimizer: sgd({ learningRate: 0.1 }),
        targets: { label: tensor('int32', ['batch']), weight: tensor('float32', ['batch']) },
        loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
        metrics: { total },
      });
    const fit = { epochs: 1, batchSize: 20, shuffle: false };
    const trainer = await make();
    let bytes: Uint8Array = new Uint8Array();
    await trainer.fit(weighed, {
      ...fit,
      onProgress: async ({ step }) => {
        if (step === 1) bytes = await trainer.checkpoint();
      },
    });
    const other = await make();
    await other.restore(bytes);
    // only the batch before the checkpoint has it
    const { epochs } = await other.fit(weighed, fit);
    expect(epochs[0]?.logs.total).toBeNaN();
    expect(other.variables).toEqual(trainer.variables);
  });
});

describe('restore refuses', () => {
  const refusal = async (bytes: Uint8Array, trainer?: PointTrainer): Promise<EtalonError> => {
    const untouched = await pointTrainer();
    const tried = trainer ?? (await pointTrainer());
    const fresh = trainer === undefined;
    const error = await rejected(tried.restore(bytes));
    expect(error.name).toBe('SerializationError');
    expect(tried.iteration).toBe(0);
    if (fresh) {
      await tried.fit(examples, { epochs: 1 });
      await untouched.fit(examples, { epochs: 1 });
      expect(variableBits(tried)).toEqual(variableBits(untouched));
    }
    return error;
  };

  it('bytes that are cut off, at every length', async () => {
    const bytes = await (await pointTrainer()).checkpoint();
    const trainer = await pointTrainer();
    for (let length = 0; length < bytes.length; length += 41) {
      expect(await refusal(bytes.slice(0, length), trainer)).toMatchObject({
        code: 'CHECKPOINT_CORRUPT',
        message: expect.stringMatching(/^checkpoint: /),
      });
    }
    expect((await refusal(bytes.slice(0, -1))).code).toBe('CHECKPOINT_CORRUPT');
  });

  it('files that are no checkpoints', async () => {
    const { parameters } = (await pointTrainer()).variables;
    expect(await refusal(encodeSafetensors(parameters, {}))).toMatchObject({
      code: 'CHECKPOINT_FORMAT',
      message:
        'checkpoint: the file must be a checkpoint of version 1, got no version.\nExpected what trainer.checkpoint() returned.',
    });
    const later = encodeSafetensors(parameters, { 'etalon.checkpoint': '2' });
    expect((await refusal(later)).message).toContain('got "2"');
  });

  const withTraining = async (change: (text: string) => string): Promise<Uint8Array> => {
    const trainer = await pointTrainer();
    const { tensors, metadata } = decodeSafetensors(await trainer.checkpoint());
    const { training = '' } = metadata;
    return encodeSafetensors(tensors, { ...metadata, training: change(training) });
  };

  it.each([
    ['not JSON', (text: string) => text.slice(1), 'the training position must be JSON'],
    ['a number', () => '7', '"metrics" must be a list'],
    ['null', () => 'null', '"metrics" must be a list'],
    [
      'without a seed',
      (text: string) => text.replace('"seed":1', '"seed":"1"'),
      '"seed" must be an integer',
    ],
    [
      'a negative step',
      (text: string) => text.replace('"iteration":0', '"iteration":-1'),
      '"iteration" must be an integer',
    ],
    [
      'a loss that is no number',
      (text: string) => text.replace('"loss":0', '"loss":null'),
      '"loss" must be a finite number',
    ],
    [
      'too many sums',
      (text: string) => text.replace('"totals":[0]', '"totals":[0,0]'),
      '"totals" must have a number for each metric',
    ],
    [
      'a sum that is no number',
      (text: string) => text.replace('"totals":[0]', '"totals":[null]'),
      '"totals" must have a number for each metric',
    ],
    [
      'a model without a name',
      (text: string) => text.replace('"model":"points"', '"model":1'),
      '"model" must be a text',
    ],
    [
      'early stopping of no mode',
      (text: string) => text.replace('"batch":0', '"batch":0,"stopping":{"best":1}'),
      '"mode" must be "min" or "max"',
    ],
    [
      'early stopping without a best result',
      (text: string) => text.replace('"batch":0', '"batch":0,"stopping":{"mode":"min"}'),
      '"best" must be a number',
    ],
  ])('a training position that is %s', async (_, change, message) => {
    expect(await refusal(await withTraining(change))).toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['model', { model: pointModel(undefined, 'others') }, '"others"', '"points"'],
    ['optimizer', { optimizer: sgd({ learningRate: 1 }) }, '"sgd"', '"adam"'],
    ['seed', { seed: 9 }, '9', '1'],
    [
      'tensor "parameters/dense_1/kernel"',
      { model: pointModel(dense(3)) },
      '"float32[4, 3]"',
      '"float32[4, 6]"',
    ],
  ])('a checkpoint with another %s', async (what, difference, got, expected) => {
    const trainer = await pointTrainer(difference);
    expect(await refusal(await trainer.checkpoint())).toMatchObject({
      code: 'CHECKPOINT_MISMATCH',
      message: `trainer of "points": the checkpoint belongs to another training, with another ${what}, got ${got}.\nExpected ${expected}.`,
    });
  });

  it('other metrics in the middle of an epoch, and takes them at its beginning', async () => {
    const plain = () =>
      createTrainer(pointModel(), {
        backend: createReferenceBackend(),
        seed: 1,
        optimizer: adam(),
        loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label as never),
      });
    const trainer = await pointTrainer();
    const middle = await checkpointAt(trainer, 7);
    const error = await rejected((await plain()).restore(middle));
    expect(error.message).toContain(
      'with another metrics, in the middle of an epoch, got ["accuracy"].\nExpected [].',
    );
    const other = await plain();
    await other.restore(await trainer.checkpoint());
    expect(other.iteration).toBe(15);
    await other.fit(examples, { epochs: 1 });
  });
});
