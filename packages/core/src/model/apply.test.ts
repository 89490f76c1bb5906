import { constant, reduceMean, tensor, traceProgram } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { centering, modelOf } from '../../test/support/models.ts';
import { evaluate, floats } from '../../test/support/tensors.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { sequential } from '../layers/sequential.ts';
import { stateOf } from './define-model.ts';

const x = floats([1, -2, 3, 0.5, -1, 2, 0.25, 4], [2, 4]);

describe('apply, program and freeze', () => {
  const model = modelOf(sequential(dense(5, { activation: 'tanh' }), centering(), dense(2)));
  const first = model.initialize(3);
  const variables = { ...first, state: { 'centering_1/mean': floats([1, -1, 0.5, 0, 2]) } };
  const named = Object.fromEntries(
    Object.entries(variables).flatMap(([role, tensors]) =>
      Object.entries(tensors).map(([path, value]) => [`${role}/${path}`, value]),
    ),
  );

  it('agree on what the model computes', () => {
    const applied = traceProgram(
      'applied',
      { ...model.inputs, v: stateOf(model) },
      ({ x: input, v }) => model.apply(v, { x: input }).outputs,
    );
    const { y } = evaluate(model.program(), { x, ...named });
    expect(y).toHaveLength(4);
    expect(evaluate(model.freeze(variables), { x }).y).toEqual(y);
    const prefixed = Object.fromEntries(
      Object.entries(named).map(([name, value]) => [`v/${name}`, value]),
    );
    expect(evaluate(applied, { x, ...prefixed }).y).toEqual(y);
  });

  it('freeze to a program without variables among its inputs', () => {
    const frozen = model.freeze(variables);
    expect(frozen.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(frozen.constants.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['dense_1/kernel › constant', 'centering_1/mean › constant']),
    );
  });

  it('name program inputs after the variables', () => {
    expect(model.program().inputs.map(({ name }) => name)).toEqual([
      'parameters/dense_1/kernel',
      'parameters/dense_1/bias',
      'parameters/dense_2/kernel',
      'parameters/dense_2/bias',
      'state/centering_1/mean',
      'x',
    ]);
  });

  it.each([
    [
      'VARIABLE_MISSING',
      'DataError',
      { parameters: {}, state: {} },
      'there is no value for this variable, got [].',
    ],
    [
      'SHAPE_VARIABLE',
      'ShapeError',
      { ...variables, state: { 'centering_1/mean': floats([1]) } },
      'model "model" › state "centering_1/mean": the shape must be [5], got [1].',
    ],
    [
      'DTYPE_VARIABLE',
      'DTypeError',
      {
        ...variables,
        state: {
          'centering_1/mean': { dtype: 'int32' as const, shape: [5], data: new Int32Array(5) },
        },
      },
      'the dtype must be float32, got int32.',
    ],
    [
      'SHAPE_DATA_LENGTH',
      'ShapeError',
      { ...variables, state: { 'centering_1/mean': floats([1], [5]) } },
      'data must have 5 elements for shape [5], got 1.',
    ],
    [
      'VARIABLE_UNKNOWN',
      'DataError',
      { ...variables, state: { ...variables.state, extra: floats([1]) } },
      'model "model": there is no such variable in state, got "extra".\nExpected ["centering_1/mean"].',
    ],
  ])('freeze refuses with %s', (code, name, wrong, message) => {
    const error = caught(() => model.freeze(wrong));
    expect(error).toMatchObject({ code, name });
    expect(error.message).toContain(message);
  });

  it('apply refuses variables and inputs that are missing or do not fit', () => {
    const trace = (
      parameters: Readonly<Record<string, ReturnType<typeof tensor>>>,
      input: Readonly<Record<string, ReturnType<typeof tensor>>>,
    ) =>
      caught(() =>
        traceProgram(
          'applied',
          { parameters, input },
          (symbols) =>
            modelOf(dense(2)).apply(
              { parameters: symbols.parameters, state: {} },
              symbols.input as never,
            ).outputs,
        ),
      );
    const fitting = {
      'dense_1/kernel': tensor('float32', [4, 2]),
      'dense_1/bias': tensor('float32', [2]),
    };
    const batch = { x: tensor('float32', ['n', 4]) };
    expect(trace({}, batch)).toMatchObject({
      code: 'VARIABLE_MISSING',
      message:
        'model "model" › parameters "dense_1/kernel": there is no value for this variable, got [].',
    });
    expect(trace({ ...fitting, 'dense_1/bias': tensor('float32', [3]) }, batch)).toMatchObject({
      code: 'SHAPE_VARIABLE',
      message:
        'model "model" › parameters "dense_1/bias": the tensor must be float32[2], got float32[3].',
    });
    expect(trace(fitting, { image: tensor('float32', ['n', 4]) })).toMatchObject({
      code: 'MODEL_INPUT_MISSING',
      message:
        'model "model" › input "x": apply() needs a tensor for this input, got undefined among ["image"].',
    });
    expect(trace(fitting, { x: tensor('int32', ['n', 4]) })).toMatchObject({
      code: 'DTYPE_MODEL_INPUT',
      message: 'model "model" › input "x": the dtype must be float32, got int32[n, 4].',
    });
    expect(trace(fitting, { x: tensor('float32', ['n', 5]) })).toMatchObject({
      code: 'SHAPE_MODEL_INPUT',
      message: 'model "model" › input "x": the shape must be [batch, 4], got float32[n, 5].',
    });
  });

  it('apply in a program of other names for sizes', () => {
    const other = traceProgram(
      'other',
      { a: tensor('float32', ['rows', 4]), v: stateOf(model) },
      ({ a, v }) => ({ mean: reduceMean(model.apply(v, { x: a }).outputs.y) }),
    );
    const prefixed = Object.fromEntries(
      Object.entries(named).map(([name, value]) => [`v/${name}`, value]),
    );
    const { y = [] } = evaluate(model.program(), { x, ...named });
    const [mean] = evaluate(other, { a: x, ...prefixed }).mean ?? [];
    expect(mean).toBeCloseTo(y.reduce((sum, value) => sum + value, 0) / 4, 14);
  });
});

describe('state', () => {
  const model = modelOf((input) => sequential(flatten(), centering())(input));
  const run = (mode: 'train' | 'infer') => {
    const program = traceProgram(
      'run',
      { ...model.inputs, v: stateOf(model) },
      ({ x: input, v }) => {
        const { outputs, state } = model.apply(v, { x: input }, { mode });
        return { ...outputs, mean: state['centering_1/mean'] ?? constant(0) };
      },
    );
    return evaluate(program, { x, 'v/state/centering_1/mean': floats([4, 0, -4, 8]) });
  };

  it('is declared beside the parameters, and begins as its initializer says', () => {
    expect(model.variables.parameters).toEqual([]);
    expect(model.initialize(0).state).toEqual({ 'centering_1/mean': floats([0, 0, 0, 0]) });
  });

  it('is updated in training', () => {
    expect(run('train')).toEqual({
      // columns [1, -1], [-2, 2], [3, 0.25], [0.5, 4] less their means 0, 0, 1.625, 2.25
      y: [1, -2, 1.375, -1.75, -1, 2, -1.375, 1.75],
      mean: [3, 0, -3 + 1.625 / 4, 6 + 2.25 / 4],
    });
  });

  it('is used and left alone in inference', () => {
    expect(run('infer')).toEqual({ y: [-3, -2, 7, -7.5, -5, 2, 4.25, -4], mean: [4, 0, -4, 8] });
  });
});
