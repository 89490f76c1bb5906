import { constant, reduceMean, tensor, traceProgram } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { centering, digits, modelOf } from '../../test/support/models.ts';
import { evaluate, floats } from '../../test/support/tensors.ts';
import vectors from '../../test/vectors/models.json' with { type: 'json' };
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { sequential } from '../layers/sequential.ts';
import { defineModel, stateOf } from './define-model.ts';

const x = floats([1, -2, 3, 0.5, -1, 2, 0.25, 4], [2, 4]);

describe('defineModel', () => {
  it('has inputs, outputs, variables and layers before it has values', () => {
    const model = digits();
    expect(model.outputs).toEqual({ logits: { dtype: 'float32', shape: ['batch', 10] } });
    expect(model.variables.parameters.map(({ path, shape }) => [path, shape])).toEqual([
      ['conv2d_1/kernel', [3, 3, 1, 16]],
      ['conv2d_1/bias', [16]],
      ['conv2d_2/kernel', [3, 3, 16, 32]],
      ['conv2d_2/bias', [32]],
      ['dense_1/kernel', [800, 10]],
      ['dense_1/bias', [10]],
    ]);
    expect(model.variables.state).toEqual([]);
    expect(model.layers.map(({ name, depth, outputShape }) => [name, depth, outputShape])).toEqual([
      ['conv2d_1', 0, ['batch', 26, 26, 16]],
      ['maxPool2d_1', 0, ['batch', 13, 13, 16]],
      ['conv2d_2', 0, ['batch', 11, 11, 32]],
      ['maxPool2d_2', 0, ['batch', 5, 5, 32]],
      ['flatten_1', 0, ['batch', 800]],
      ['dense_1', 0, ['batch', 10]],
    ]);
  });

  it('names the layer in the message of a shape that does not fit', () => {
    const narrow = (): unknown =>
      defineModel({
        name: 'narrow',
        inputs: { image: tensor('float32', ['batch', 4, 4, 1]) },
        build: ({ image }) => ({
          y: sequential(conv2d(2, { kernelSize: 3 }), conv2d(2, { kernelSize: 3 }))(image),
        }),
      });
    expect(caught(narrow).message).toMatch(/^conv2d_2 › conv2d: /);
  });

  it('puts the name of a sequential before the layers inside', () => {
    const wrong = (): unknown =>
      modelOf((input) => sequential(conv2d(2, { kernelSize: 3 }), { name: 'encoder' })(input));
    expect(caught(wrong)).toMatchObject({
      code: 'SHAPE_LAYER_RANK',
      message:
        'encoder › conv2d_1: the input must have rank 4 (NHWC), got float32[batch, 4].\nFix: reshape the input before this layer.',
    });
  });

  it.each([
    ['undefined', undefined, 'got undefined'],
    ['no output', {}, 'got {}'],
    ['a number', { y: 3 }, 'got 3 as "y"'],
  ])('refuses a build that returns %s', (_, returned, got) => {
    const define = (): unknown =>
      defineModel({
        name: 'model',
        inputs: { x: tensor('float32', ['batch', 4]) },
        build: () => returned as never,
      });
    expect(caught(define)).toMatchObject({
      name: 'ProgramError',
      code: 'MODEL_OUTPUT',
      message: `model "model": build must return tensors by name, ${got}.\nFix: return an object such as { logits }.`,
    });
  });

  it('refuses a build that returns a tensor without a name', () => {
    const define = (): unknown =>
      defineModel({
        name: 'model',
        inputs: { x: tensor('float32', ['batch', 4]) },
        build: ({ x: input }) => input as never,
      });
    expect(caught(define).message).toContain('got a tensor float32[batch, 4].');
  });

  it('refuses an input that is no declaration', () => {
    const define = (): unknown =>
      defineModel({ name: 'model', inputs: { x: [4] as never }, build: () => ({}) });
    expect(caught(define)).toMatchObject({
      code: 'MODEL_INPUT',
      message: `model "model": input "x" must be a declaration, got [4].\nFix: declare it with tensor('float32', ['batch', …]).`,
    });
  });

  it.each([
    ['', 'must be a word without "/"'],
    ['a/b', 'must be a word without "/"'],
    ['parameters', 'is taken by the variables'],
    ['state', 'is taken by the variables'],
  ])('refuses %j as the name of an input', (name, fault) => {
    const define = (): unknown =>
      defineModel({
        name: 'model',
        inputs: { [name]: tensor('float32', ['batch', 4]) },
        build: (inputs) => ({ ...inputs }),
      });
    expect(caught(define)).toMatchObject({
      code: 'MODEL_NAME',
      message: `model "model": the name of an input ${fault}, got "${name}".\nFix: give the input another name.`,
    });
  });

  it('refuses an output name that would nest', () => {
    const define = (): unknown =>
      defineModel({
        name: 'model',
        inputs: { x: tensor('float32', ['batch', 4]) },
        build: ({ x: input }) => ({ 'y/z': input }),
      });
    expect(caught(define).message).toContain('the name of an output must be a word without "/"');
  });

  it('refuses two variables whose first values would be equal', () => {
    // The FNV-1a hashes of these two words are equal, and stay so with equal endings.
    const define = (): unknown =>
      modelOf(sequential(dense(4, { name: 'costarring' }), dense(4, { name: 'liquid' })));
    expect(caught(define)).toMatchObject({
      code: 'VARIABLE_KEY_CONFLICT',
      message:
        'model "model": two variables would have the same first values, got "costarring/kernel" and "liquid/kernel".\nFix: give one of the two layers another name.',
    });
  });
});

describe('initialize', () => {
  it('gives the quickstart network for seed 42 the values of JAX, bit for bit', () => {
    const { parameters } = digits().initialize(vectors.seed);
    expect(Object.keys(parameters)).toEqual(vectors.variables.map(({ path }) => path));
    for (const { path, shape, ends, exclusiveOr } of vectors.variables) {
      const variable = parameters[path];
      const words = [...new Uint32Array(variable?.data.buffer ?? new ArrayBuffer(0))];
      expect(variable?.shape).toEqual(shape);
      expect(words.reduce((all, word) => all ^ word, 0) >>> 0).toBe(exclusiveOr);
      const isShort = ends.length === words.length;
      expect(isShort ? words : [...words.slice(0, 8), ...words.slice(-8)]).toEqual(ends);
    }
  });

  it('gives equal bits for equal seeds, and others for another seed', () => {
    const model = modelOf(dense(3));
    expect(model.initialize(7)).toEqual(model.initialize(7));
    expect(model.initialize(7)).toEqual(model.initialize([0, 7]));
    expect(model.initialize(7).parameters['dense_1/kernel']).not.toEqual(
      model.initialize(8).parameters['dense_1/kernel'],
    );
  });

  it('leaves the values of other layers as they are when a layer is added', () => {
    const before = modelOf(sequential(dense(4), dense(3))).initialize(1).parameters;
    const after = modelOf(sequential(dense(4), dense(4, { name: 'new' }), dense(3))).initialize(
      1,
    ).parameters;
    expect(after).toMatchObject(before);
    expect(Object.keys(after)).toHaveLength(6);
  });

  it('refuses an initializer that returns too few values', () => {
    const short = { name: 'short', sample: () => new Float32Array(2) };
    expect(
      caught(() => modelOf(dense(3, { kernelInitializer: short })).initialize(1)),
    ).toMatchObject({
      code: 'INITIALIZER_LENGTH',
      message: 'dense_1/kernel: initializer "short" must return 12 values, got 2.',
    });
  });

  it('refuses a seed that is no integer', () => {
    expect(caught(() => modelOf(dense(3)).initialize(0.5)).code).toBe('RANDOM_SEED');
  });
});

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
