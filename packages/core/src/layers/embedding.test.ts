import { reduceSum, tensor, traceProgram, valueAndGradient } from '@etalon/compiler';
import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { caught, rejected } from '../../test/support/errors.ts';
import { evaluate, floats, integers } from '../../test/support/tensors.ts';
import { defineModel, stateOf } from '../model/define-model.ts';
import { defineProgram } from '../model/define-program.ts';
import { embedding } from './embedding.ts';

const model = defineModel({
  name: 'words',
  inputs: { ids: tensor('int32', ['count']) },
  build: ({ ids }) => ({ y: embedding(3, 2)(ids) }),
});

describe('embedding', () => {
  it('begins uniform in ±0.05, as in Keras', () => {
    const path = 'embedding_1/embeddings';
    const wide = defineModel({
      name: 'wide',
      inputs: { ids: tensor('int32', ['count']) },
      build: ({ ids }) => ({ y: embedding(100, 8)(ids) }),
    });
    const { data } = wide.initialize(1).parameters[path] ?? floats([]);
    expect(Math.max(...data)).toBeGreaterThan(0.045);
    expect(Math.max(...data)).toBeLessThan(0.05);
    expect(Math.min(...data)).toBeLessThan(-0.045);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(Math.fround(-0.05));
  });

  it('adds up the gradients of an id that occurs several times', () => {
    const program = traceProgram(
      'gradient',
      { ...model.inputs, v: stateOf(model) },
      ({ ids, v: { parameters, state } }) =>
        valueAndGradient((p: typeof parameters) =>
          reduceSum(model.apply({ parameters: p, state }, { ids }).outputs.y),
        )(parameters).gradients,
    );
    const table = floats([1, 2, 3, 4, 5, 6], [3, 2]);
    expect(
      evaluate(program, {
        ids: integers(2, 0, 2, 2),
        'v/parameters/embedding_1/embeddings': table,
      }),
    ).toEqual({ 'embedding_1/embeddings': [1, 1, 0, 0, 3, 3] });
  });

  it.each([3, -1])('refuses an id that is out of range, %i', async (id) => {
    const run = defineProgram(
      { ...model.inputs, variables: stateOf(model) },
      ({ ids, variables }) => ({
        y: model.apply(variables, { ids }).outputs.y,
      }),
    );
    const runnable = await run.prepare(createReferenceBackend());
    const variables = model.initialize(0);
    expect(await rejected(runnable.run({ ids: integers(id), variables }))).toMatchObject({
      code: 'INDEX_OUT_OF_RANGE',
    });
  });

  it('refuses ids that are no integers, and sizes that are none', () => {
    const floatIds = (): unknown =>
      defineModel({
        name: 'words',
        inputs: { ids: tensor('float32', ['count']) },
        build: ({ ids }) => ({ y: embedding(3, 2)(ids) }),
      });
    expect(caught(floatIds)).toMatchObject({
      name: 'DTypeError',
      code: 'DTYPE_LAYER_INPUT',
      message:
        "embedding_1: the ids must be int32, got float32[count].\nFix: declare them with tensor('int32', …), or convert them with cast(ids, 'int32').",
    });
    expect(caught(() => embedding(0, 2))).toMatchObject({ code: 'OPTION_COUNT' });
    expect(caught(() => embedding(2, 1.5, { name: 'words' })).message).toBe(
      'words: outputSize must be an integer of at least 1, got 1.5.',
    );
  });
});
