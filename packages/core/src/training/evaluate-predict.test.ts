import { argMax, reduceMean, reduceSum, square, sub, tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { datasetOf, streamOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { evaluate, floats } from '../../test/support/tensors.ts';
import {
  pointModel,
  points,
  pointTrainer,
  rows,
  variableBits,
} from '../../test/support/trainers.ts';
import { dense } from '../layers/dense.ts';
import { sparseCategoricalCrossEntropy } from '../losses/cross-entropy.ts';
import { perplexity } from '../metrics/perplexity.ts';
import { defineModel } from '../model/define-model.ts';
import { sgd } from '../optimizers/sgd.ts';
import { createTrainer } from './create-trainer.ts';

const data = points(37);
const examples = datasetOf(data);

describe('evaluate', () => {
  it('gives means over examples, whatever the batches', async () => {
    const trainer = await pointTrainer();
    const whole = await trainer.evaluate(examples, { batchSize: 37 });
    for (const batchSize of [1, 8, 36, 1000]) {
      const parts = await trainer.evaluate(examples, { batchSize });
      expect(parts.loss).toBeCloseTo(whole.loss, 6);
      expect(parts.accuracy).toBe(whole.accuracy);
    }
    const streamed = await trainer.evaluate(streamOf(data, [20, 0, 16, 1]));
    expect(streamed.loss).toBeCloseTo(whole.loss, 6);
    expect(streamed.accuracy).toBe(whole.accuracy);
  });

  it('finishes metrics after the mean over all batches, also for early stopping', async () => {
    const trainer = await createTrainer(pointModel(), {
      backend: createReferenceBackend(),
      targets: { label: tensor('int32', ['batch']) },
      loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
      optimizer: sgd({ learningRate: 0.1 }),
      metrics: { difficulty: perplexity('logits', 'label') },
    });
    const { loss, difficulty } = await trainer.evaluate(examples, { batchSize: 8 });
    expect(difficulty).toBeCloseTo(Math.exp(loss), 5);
    const history = await trainer.fit(examples, {
      epochs: 2,
      validation: examples,
      earlyStopping: { monitor: 'difficulty', patience: 2 },
    });
    const [first, second] = history.epochs.map(({ validation }) => validation?.difficulty ?? 0);
    expect(second).toBeLessThan(first ?? 0);
    expect(history.bestEpoch).toBe(1);
  });

  it('agrees with the frozen model', async () => {
    const trainer = await pointTrainer();
    await trainer.fit(examples, { epochs: 3 });
    const { logits = [] } = evaluate(trainer.model.freeze(trainer.variables), { x: data.x });
    const losses = Array.from(data.label.data, (label, row) => {
      const scores = logits.slice(row * 3, row * 3 + 3);
      return Math.log(scores.reduce((sum, z) => sum + Math.exp(z), 0)) - (scores[label] ?? 0);
    });
    const { loss } = await trainer.evaluate(examples);
    // one side has variables in float64, the other those that were rounded to float32
    expect(loss).toBeCloseTo(losses.reduce((sum, value) => sum + value, 0) / 37, 5);
  });

  it('changes nothing', async () => {
    const trainer = await pointTrainer();
    const before = variableBits(trainer);
    await trainer.evaluate(examples);
    await trainer.synchronize();
    expect(variableBits(trainer)).toEqual(before);
    expect(trainer.iteration).toBe(0);
  });

  it('can be aborted between batches', async () => {
    const trainer = await pointTrainer();
    const reason = new Error('enough');
    const signal = { aborted: true, reason };
    for (const call of [
      trainer.evaluate(examples, { signal }),
      trainer.predict(examples, { signal }),
      trainer.predict({ x: data.x }, { signal }),
    ]) {
      const error = await rejected(call);
      expect(error).toMatchObject({ name: 'TrainingError', code: 'TRAINING_ABORTED' });
      expect(error.cause).toBe(reason);
    }
  });

  it('refuses a batch size out of range', async () => {
    const trainer = await pointTrainer();
    for (const call of [
      trainer.evaluate(examples, { batchSize: 0 }),
      trainer.predict(examples, { batchSize: 0 }),
    ]) {
      expect(await rejected(call)).toMatchObject({
        code: 'OPTION_COUNT',
        message: expect.stringContaining('batchSize must be an integer of at least 1, got 0.'),
      });
    }
  });
});

describe('predict', () => {
  it('gives outputs for all examples in their order, whatever the batches', async () => {
    const trainer = await pointTrainer();
    const whole = await trainer.predict({ x: data.x });
    expect(whole.logits.shape).toEqual([37, 3]);
    expect(whole.logits.data).toEqual(
      Float32Array.from(
        evaluate(trainer.model.freeze(trainer.variables), { x: data.x }).logits ?? [],
      ),
    );
    for (const batchSize of [1, 8, 37, 1000]) {
      expect(await trainer.predict(examples, { batchSize })).toEqual(whole);
    }
    expect(await trainer.predict(streamOf(data, [20, 0, 16, 1]))).toEqual(whole);
    expect(await trainer.predict(rows(data, 3, 4))).toEqual({
      logits: floats(whole.logits.data.subarray(9, 12), [1, 3]),
    });
  });

  it('takes tensors of any number of examples, none included', async () => {
    const trainer = await pointTrainer();
    expect(await trainer.predict({ x: floats([], [0, 4]) })).toEqual({
      logits: floats([], [0, 3]),
    });
  });

  it('joins outputs of other dtypes', async () => {
    const model = defineModel({
      name: 'classes',
      inputs: { x: tensor('float32', ['batch', 4]) },
      build: ({ x }) => ({ best: argMax(x) }),
    });
    const trainer = await createTrainer(model, {
      backend: createReferenceBackend(),
      loss: () => {
        throw new Error('no loss is needed to predict');
      },
      optimizer: sgd({ learningRate: 1 }),
    });
    const { best } = await trainer.predict(examples, { batchSize: 10 });
    expect(best.dtype).toBe('int32');
    expect(best.data).toEqual((await trainer.predict(data)).best.data);
  });

  it.each([
    ['missing', { y: data.x }, 'FIELD_MISSING', 'there is no field "x", got ["y"].'],
    [
      'bytes',
      { x: { dtype: 'uint8' as const, shape: [1, 4], data: new Uint8Array(4) } },
      'FIELD_DTYPE',
      'field "x" must be float32, got uint8.\nFix: convert it when the data set is made, for images with imagesToFloat()',
    ],
    [
      'of another shape',
      { x: floats([1, 2, 3], [1, 3]) },
      'SHAPE_INPUT_MISMATCH',
      'axis 1 must be 4, got shape [1, 3].\nExpected [batch, 4].',
    ],
    [
      'a single example',
      { x: floats([1, 2, 3, 4]) },
      'SHAPE_INPUT_RANK',
      'rank must be 2, got shape [4].\nExpected [batch, 4].',
    ],
  ])('refuses tensors that are %s', async (_, tensors, code, message) => {
    const error = await rejected((await pointTrainer()).predict(tensors as never));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^(predict of "points": |points › input "x": )/);
  });

  it('joins batches of a fixed size', async () => {
    const model = defineModel({
      name: 'pairs',
      inputs: { x: tensor('float32', [2, 4]) },
      build: ({ x }) => ({ y: dense(1)(x) }),
    });
    const trainer = await createTrainer(model, {
      backend: createReferenceBackend(),
      loss: ({ y }) => reduceMean(y),
      optimizer: sgd({ learningRate: 1 }),
    });
    const { y } = await trainer.predict(datasetOf(rows(data, 0, 6)), { batchSize: 2 });
    expect(y.shape).toEqual([6, 1]);
  });

  it('refuses to join outputs that have no axis of examples', async () => {
    const model = defineModel({
      name: 'mean',
      inputs: { x: tensor('float32', ['batch', 4]) },
      build: ({ x }) => ({ y: x, mean: reduceMean(x), columns: reduceSum(x, { axes: [0] }) }),
    });
    const trainer = await createTrainer(model, {
      backend: createReferenceBackend(),
      loss: ({ mean }) => mean,
      optimizer: sgd({ learningRate: 1 }),
    });
    expect(await rejected(trainer.predict(examples))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_PREDICT',
      message:
        'predict of "mean": output "mean" has no axis of examples to join batches along, got shape [].\nFix: predict on the tensors of one batch.',
    });
    expect((await trainer.predict(data)).mean.shape).toEqual([]);
  });

  it.each(['fields', 'gather', 'batches', 'size', 'dtype'])(
    'takes a tensor named %j, and examples with such a field',
    async (name) => {
      const model = defineModel({
        name: 'odd',
        inputs: { [name]: tensor('float32', ['batch', 4]) },
        build: (inputs) => ({ y: dense(2)(inputs[name] as never) }),
      });
      const trainer = await createTrainer(model, {
        backend: createReferenceBackend(),
        loss: ({ y }) => reduceMean(square(sub(y, 1))),
        optimizer: sgd({ learningRate: 0.5 }),
      });
      const odd = { [name]: data.x };
      const { y } = await trainer.predict(odd);
      expect(y.shape).toEqual([37, 2]);
      expect(await trainer.predict(datasetOf(odd), { batchSize: 9 })).toEqual({ y });
      await trainer.fit(datasetOf(odd), { epochs: 2 });
    },
  );
});

describe('a model without parameters', () => {
  it('is trained to no effect', async () => {
    const trainer = await pointTrainer({ model: pointModel(dense(3)) });
    const bare = await createTrainer(
      defineModel({
        name: 'bare',
        inputs: { x: tensor('float32', ['batch', 4]) },
        build: ({ x }) => ({ y: x }),
      }),
      {
        backend: createReferenceBackend(),
        loss: ({ y }) => reduceMean(square(y)),
        optimizer: sgd({ learningRate: 1 }),
      },
    );
    const { epochs } = await bare.fit(examples, { epochs: 2, batchSize: 10 });
    expect(bare.variables).toEqual({ parameters: {}, state: {} });
    const mean = [...data.x.data].reduce((sum, value) => sum + value ** 2, 0) / (37 * 4);
    expect(epochs[1]?.logs.loss).toBeCloseTo(mean, 5);
    expect(await bare.evaluate(examples)).toEqual({ loss: expect.closeTo(mean, 5) });
    expect(trainer.variables.parameters).not.toEqual({});
  });
});
