import { tensor } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { digits, modelOf } from '../../test/support/models.ts';
import vectors from '../../test/vectors/models.json' with { type: 'json' };
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { sequential } from '../layers/sequential.ts';
import { defineModel } from './define-model.ts';

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
