import { mul, oneHot, reduceMean, reduceSum, tensor } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import type { EtalonError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { datasetOf, streamOf } from '../../test/support/datasets.ts';
import { rejected } from '../../test/support/errors.ts';
import { floats, integers } from '../../test/support/tensors.ts';
import {
  pointModel,
  points,
  pointTrainer,
  rows,
  variableBits,
} from '../../test/support/trainers.ts';
import { dense } from '../layers/dense.ts';
import { sgd } from '../optimizers/sgd.ts';
import { createTrainer } from './create-trainer.ts';
import type { ExampleBatch, Examples, StreamedExamples } from './dataset.ts';

const { x, label } = points(12);
const pixels = { dtype: 'uint8' as const, shape: [12, 4], data: new Uint8Array(48) };
const flags = { dtype: 'bool' as const, shape: [12], data: new Uint8Array(12) };

async function refusal(examples: Examples): Promise<EtalonError> {
  const trainer = await pointTrainer();
  const error = await rejected(trainer.fit(examples, { epochs: 1, batchSize: 5, shuffle: false }));
  // The trainer is usable afterwards.
  await trainer.fit(datasetOf({ x, label }), { epochs: 1 });
  return error;
}

describe('examples are refused', () => {
  it.each([
    [
      'without a field',
      { x, lable: label },
      'DataError',
      'FIELD_MISSING',
      'fit of "points": there is no field "label", got ["x","lable"].\nFix: rename a field of the examples to "label".',
    ],
    [
      'with bytes for an image',
      { x: pixels, label },
      'DTypeError',
      'FIELD_DTYPE',
      'fit of "points": field "x" must be float32, got uint8.\nFix: convert it when the data set is made, for images with imagesToFloat() of @etalon/datasets.',
    ],
    [
      'with another dtype of labels',
      { x, label: flags },
      'DTypeError',
      'FIELD_DTYPE',
      'fit of "points": field "label" must be int32, got bool.\nFix: convert it when the data set is made.',
    ],
    [
      'with another number of features',
      { x: floats(Array(36).fill(1), [12, 3]), label },
      'ShapeError',
      'FIELD_SHAPE',
      'fit of "points": an example of field "x" must have shape [4], got [3].',
    ],
    [
      'with one-hot labels',
      { x, label: { dtype: 'int32' as const, shape: [12, 3], data: new Int32Array(36) } },
      'ShapeError',
      'FIELD_SHAPE',
      'fit of "points": an example of field "label" must have shape [], got [3].',
    ],
  ])('%s', async (_, tensors, name, code, message) => {
    expect(await refusal(datasetOf(tensors))).toMatchObject({ name, code, message });
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an array of 2', [x, label]],
    ['a promise', Promise.resolve(datasetOf({ x, label }))],
    ['an object of ["x","label"]', { x, label }],
    ['an object of ["fields"]', { fields: datasetOf({ x, label }).fields }],
    ['an object of ["size","gather"]', { size: 12, gather: () => ({ x, label }) }],
  ])('where there are none: %s', async (got, examples) => {
    expect(await refusal(examples as Examples)).toMatchObject({
      name: 'DataError',
      code: 'INPUT_INVALID',
      message: `fit of "points": examples are needed, got ${got}.\nExpected an object with \`fields\`, and \`gather(indices)\` or \`batches()\`.\nFix: make it of tensors with datasetFromTensors() of @etalon/datasets.`,
    });
  });

  it.each<[string, unknown]>([
    ['a promise', Promise.resolve([])],
    ['undefined', undefined],
    ['an object of ["next"]', { next: () => ({ done: true }) }],
  ])('with batches that cannot be iterated over: %s', async (got, batches) => {
    const { fields } = datasetOf({ x, label });
    expect(await refusal({ fields, batches: () => batches as [] })).toMatchObject({
      name: 'DataError',
      code: 'INPUT_INVALID',
      message: `batches(): an iterable of batches is needed, got ${got}.\nFix: write it as a generator, \`*batches()\` or \`async *batches()\`, or return an array.`,
    });
  });

  it('where there are none, by evaluation, validation and prediction', async () => {
    const trainer = await pointTrainer();
    const none = null as unknown as Examples;
    const good = datasetOf({ x, label });
    const calls = {
      evaluate: trainer.evaluate(none),
      'fit of "points" › validation': trainer.fit(good, {
        epochs: 1,
        validation: [] as unknown as Examples,
      }),
      predict: trainer.predict(none),
    };
    for (const [where, call] of Object.entries(calls)) {
      const error = await rejected(call);
      expect(error.code).toBe('INPUT_INVALID');
      expect(error.message.startsWith(where)).toBe(true);
    }
  });

  it('with a label out of range, by field, batch and example', async () => {
    const wrong = integers(...label.data.map((value, index) => (index === 8 ? 3 : value)));
    const error = await refusal(datasetOf({ x, label: wrong }));
    expect(error).toMatchObject({
      name: 'DataError',
      code: 'INDEX_OUT_OF_RANGE',
      details: { field: 'label', batch: 1, example: 8, index: 3, limit: 3 },
    });
    expect(error.message).toMatch(
      /^fit of "points" › field "label" of batch 1: .* got 3 at \[3\]\.\nExpected 0 … 2\.\nIt is example 8 of the data set\.$/,
    );
    expect(error.cause).toMatchObject({ details: { input: 'batch/targets/label' } });
  });

  it('with a label out of range, by the example also where order and call differ', async () => {
    const wrong = integers(...label.data.map((value, index) => (index === 8 ? -1 : value)));
    const trainer = await pointTrainer();
    const fitting = trainer.fit(datasetOf({ x, label: wrong }), {
      epochs: 1,
      batchSize: 3,
      stepsPerCall: 4,
    });
    const error = await rejected(fitting);
    expect(error.details).toMatchObject({ field: 'label', example: 8, index: -1 });
  });

  it('with one of several labels out of range, by the example', async () => {
    const pairs = Int32Array.from({ length: 24 }, (_, index) => (index === 17 ? 3 : index % 3));
    const trainer = await createTrainer(pointModel(dense(3)), {
      backend: createReferenceBackend(),
      optimizer: sgd({ learningRate: 1 }),
      targets: { pair: tensor('int32', ['batch', 2]) },
      loss: ({ logits }, { pair }) =>
        reduceMean(mul(reduceSum(oneHot(pair, { depth: 3 }), { axes: [1] }), logits)),
    });
    const wrong = datasetOf({ x, pair: { dtype: 'int32', shape: [12, 2], data: pairs } });
    const error = await rejected(trainer.fit(wrong, { epochs: 1, batchSize: 5 }));
    expect(error.message).toMatch(/\nIt is example 8 of the data set\.$/);
  });

  it('with a label out of range in a stream, by field and batch', async () => {
    const wrong = integers(...label.data.map((value, index) => (index === 8 ? 3 : value)));
    const error = await refusal(streamOf({ x, label: wrong }, [6, 6]));
    expect(error.message).toMatch(
      /^fit of "points" › field "label" of batch 1: .* got 3 at \[2\]\.\nExpected 0 … 2\.$/,
    );
  });

  it('in validation, before the first epoch', async () => {
    const trainer = await pointTrainer();
    const fit = { epochs: 1, validation: datasetOf({ x }) };
    const error = await rejected(trainer.fit(datasetOf({ x, label }), fit));
    expect(error.message).toContain('fit of "points" › validation: there is no field "label"');
    expect(trainer.iteration).toBe(0);
  });
});

describe('batches that are not what their examples declare', () => {
  const lying = (batch: ExampleBatch): StreamedExamples => ({
    fields: datasetOf({ x, label }).fields,
    batches: () => [rows({ x, label }, 0, 4), batch],
  });

  it.each([
    [
      'without a field',
      { x },
      'FIELD_MISSING',
      'fit of "points": batch 1 has no field "label", got ["x"].\nExpected what the examples declare in their `fields`.',
    ],
    [
      'of another dtype',
      { x: pixels, label },
      'DTYPE_INPUT',
      'fit of "points" › field "x" of batch 1: the dtype must be float32, got uint8.',
    ],
    [
      'of another shape',
      { x: floats(Array(36).fill(1), [12, 3]), label },
      'SHAPE_INPUT_MISMATCH',
      'fit of "points" › field "x" of batch 1: axis 1 must be 4, got shape [12, 3].',
    ],
    [
      'of fields that are not equally long',
      { x, label: integers(1, 2) },
      'SHAPE_NAMED_SIZE_CONFLICT',
      'fit of "points" › field "label" of batch 1: size "batch" is 12 in field "x", got 2 (axis 0 of [2]).',
    ],
    [
      'without fields',
      {},
      'BATCH_SHAPE',
      'batch: every field needs a first axis of examples, got {}.',
    ],
    [
      'without an axis of examples',
      { x: floats([1], []), label },
      'BATCH_SHAPE',
      'batch: every field needs a first axis of examples, got {"x":[],"label":[12]}.',
    ],
  ])('%s are refused', async (_, batch, code, message) => {
    const error = await refusal(lying(batch));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});

describe('fields that the model and the loss do not read', () => {
  it('may differ from one data set to the next', async () => {
    const trainer = await pointTrainer();
    const plain = await pointTrainer();
    const extra = datasetOf({ id: pixels, x, label });
    await trainer.fit(extra, { epochs: 1 });
    await plain.fit(datasetOf({ x, label }), { epochs: 1 });
    expect(variableBits(trainer)).toEqual(variableBits(plain));
    expect(await trainer.evaluate(datasetOf({ label, x }))).toEqual(await trainer.evaluate(extra));
  });
});
