import type { Tensor } from '@etalon/compiler';
import { constant, mul, reduceMean, square, sub, tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { datasetOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { modelOf } from '../../test/support/models.ts';
import { floats } from '../../test/support/tensors.ts';
import { pointModel, points, pointTrainer } from '../../test/support/trainers.ts';
import { ones, zeros } from '../initializers/initializers.ts';
import { dense } from '../layers/dense.ts';
import { createLayer } from '../layers/layer.ts';
import { sequential } from '../layers/sequential.ts';
import { sparseCategoricalCrossEntropy } from '../losses/cross-entropy.ts';
import { meanSquaredError } from '../losses/regression.ts';
import { sparseCategoricalAccuracy } from '../metrics/accuracy.ts';
import { adam } from '../optimizers/adam.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { sgd } from '../optimizers/sgd.ts';
import { createTrainer } from './create-trainer.ts';

const backend = createReferenceBackend();
const x = floats([1, 0, 2, -1, 0.5, 1, -1, 2], [2, 4]);
const targets = { goal: tensor('float32', ['batch', 1]) };
const data = datasetOf({ x, goal: floats([1, -1], [2, 1]) });

describe('createTrainer', () => {
  it('begins with the first values of its seed, without asking the backend', async () => {
    const trainer = await pointTrainer({ seed: 12 });
    expect(trainer.variables).toEqual(trainer.model.initialize(12));
    expect(trainer.iteration).toBe(0);
  });

  it.each<[string, (y: Tensor) => unknown, string]>([
    ['one value for each example', (y) => y, 'got float32[batch, 1]'],
    [
      'an integer',
      () => constant({ dtype: 'int32', shape: [], data: Int32Array.of(1) }),
      'got int32[]',
    ],
    ['a number', () => 3, 'got 3'],
  ])('refuses a loss that is %s', async (_, loss, got) => {
    const making = createTrainer(modelOf(dense(1)), {
      backend,
      targets,
      loss: ({ y }) => loss(y) as Tensor,
      optimizer: sgd({ learningRate: 1 }),
    });
    expect(await rejected(making)).toMatchObject({
      name: 'GradientError',
      code: 'LOSS_NOT_SCALAR',
      message: `trainer of "model": the loss must be a float32 scalar, ${got}.\nFix: return a tensor, reduced with reduceMean().`,
    });
  });

  it('refuses a metric with the name of the loss', async () => {
    const making = createTrainer(pointModel(), {
      backend,
      loss: ({ logits }) => reduceMean(logits),
      optimizer: sgd({ learningRate: 1 }),
      metrics: { loss: sparseCategoricalAccuracy('logits', 'label') },
    });
    expect(await rejected(making)).toMatchObject({
      name: 'AttributeError',
      code: 'METRIC_NAME',
      message:
        'trainer of "points": a metric must not have the name of the loss, got ["loss"].\nFix: give the metric "loss" another name.',
    });
  });

  it('refuses first variables of another model', async () => {
    const { variables } = await pointTrainer();
    const making = pointTrainer({ model: pointModel(dense(3)), variables });
    expect((await rejected(making)).code).toBe('SHAPE_VARIABLE');
  });

  it('refuses a seed that is no integer', async () => {
    expect((await rejected(pointTrainer({ seed: 1.5 }))).code).toBe('RANDOM_SEED');
  });

  it('refuses an optimizer that forgets a slot', async () => {
    const forgetful: Optimizer = {
      name: 'forgetful',
      slots: ['velocity'],
      update: ({ parameter }) => ({ parameter, slots: {} }),
    };
    expect(await rejected(pointTrainer({ optimizer: forgetful }))).toMatchObject({
      name: 'DataError',
      code: 'OPTIMIZER_SLOT',
      message:
        'forgetful: update() must return a value for every slot, got [].\nExpected "velocity" among them.',
    });
  });

  it('keeps to what an optimizer of your own says', async () => {
    const halving: Optimizer = {
      name: 'halving',
      slots: [],
      update: ({ parameter }) => ({ parameter: mul(parameter, 0.5), slots: {} }),
    };
    const trainer = await pointTrainer({ optimizer: halving, model: pointModel(dense(3)) });
    const kernel = trainer.variables.parameters['dense_1/kernel'];
    await trainer.fit(datasetOf(points(12)), { epochs: 1, batchSize: 4 });
    expect(trainer.variables.parameters['dense_1/kernel']?.data).toEqual(
      kernel?.data.map((value) => value / 8),
    );
  });
});

describe('targets that are not declared', () => {
  const seen: string[][] = [];
  const make = () =>
    createTrainer(pointModel(dense(3)), {
      backend,
      loss: ({ logits }, { label, ...others }) => {
        seen.push(Object.keys(others));
        return sparseCategoricalCrossEntropy(logits, label as Tensor);
      },
      optimizer: adam(),
      metrics: { accuracy: sparseCategoricalAccuracy('logits', 'label') },
    });

  it('are the fields of the examples that are no inputs', async () => {
    const trainer = await make();
    const declared = await pointTrainer({
      model: pointModel(dense(3)),
      seed: 0,
      optimizer: adam(),
    });
    const examples = datasetOf(points(12));
    await trainer.fit(examples, { epochs: 2 });
    await declared.fit(examples, { epochs: 2 });
    expect(trainer.variables).toEqual(declared.variables);
    expect(await trainer.evaluate(examples)).toEqual(await declared.evaluate(examples));
    expect(seen).toEqual([[], []]);
  });

  it('may differ from one data set to the next', async () => {
    const trainer = await make();
    const { x: only, label } = points(12);
    await trainer.fit(datasetOf({ id: label, x: only, label }), { epochs: 1 });
    const logs = await trainer.evaluate(datasetOf({ x: only, label }));
    expect(await trainer.evaluate(datasetOf({ x: only, label, id: only }))).toEqual(logs);
    expect(seen.at(-1)).toEqual(['id']);
  });

  it('follow from the right examples after wrong ones', async () => {
    const trainer = await make();
    const { x: only, label } = points(12);
    await rejected(trainer.fit(datasetOf({ x: only, lable: label }), { epochs: 1 }));
    await rejected(trainer.fit(datasetOf({ x: only }), { epochs: 1 }));
    expect((await trainer.fit(datasetOf({ x: only, label }), { epochs: 1 })).epochs).toHaveLength(
      1,
    );
  });
});

describe('parameters', () => {
  it('that do not influence the loss stay as they are', async () => {
    const idle = createLayer('idle', {}, (input, scope) => {
      scope.parameter('unused', [3], ones());
      return input;
    });
    const trainer = await createTrainer(modelOf(sequential(idle, dense(1))), {
      backend,
      targets,
      loss: ({ y }, { goal }) => meanSquaredError(y, goal),
      optimizer: adam({ learningRate: 0.1 }),
    });
    const { 'idle_1/unused': unused, 'dense_1/kernel': kernel } = trainer.variables.parameters;
    await trainer.fit(data, { epochs: 3 });
    expect(trainer.variables.parameters['idle_1/unused']).toEqual(unused);
    expect(trainer.variables.parameters['dense_1/kernel']).not.toEqual(kernel);
  });

  it('that are used in training only are trained, and declared', async () => {
    const noisy = createLayer('noisy', {}, (input, scope) =>
      scope.mode === 'infer' ? input : mul(input, scope.parameter('scale', [1], ones())),
    );
    const trainer = await createTrainer(modelOf(sequential(noisy, dense(1))), {
      backend,
      targets,
      loss: ({ y }, { goal }) => meanSquaredError(y, goal),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    await trainer.fit(data, { epochs: 1 });
    expect(trainer.variables.parameters['noisy_1/scale']?.data[0]).not.toBe(1);
    expect(trainer.model.freeze(trainer.variables).inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('are trained through a loss without targets', async () => {
    const trainer = await createTrainer(modelOf(dense(1, { biasInitializer: zeros() })), {
      backend,
      targets: {},
      loss: ({ y }) => reduceMean(square(sub(y, 3))),
      optimizer: sgd({ learningRate: 0.125 }),
    });
    const { epochs } = await trainer.fit(data, { epochs: 60 });
    expect(epochs.at(-1)?.logs.loss).toBeLessThan(1e-3);
    expect((await trainer.predict({ x })).y.data[0]).toBeCloseTo(3, 1);
  });
});
