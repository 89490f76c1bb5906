import type { Tensor } from '@etalon/compiler';
import {
  add,
  concat,
  mul,
  reduceSum,
  reshape,
  slice,
  tensor,
  traceProgram,
  valueAndGradient,
} from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { modelOf } from '../../test/support/models.ts';
import { evaluate, floats } from '../../test/support/tensors.ts';
import { ones, zeros } from '../initializers/initializers.ts';
import { defineModel, stateOf } from '../model/define-model.ts';
import { dense } from './dense.ts';
import type { LayerScope } from './layer.ts';
import { createLayer } from './layer.ts';
import { sequential } from './sequential.ts';

function namesOf(apply: (x: Tensor) => Tensor): readonly string[] {
  return modelOf(apply).layers.map(({ name }) => name);
}

describe('names of layers', () => {
  it('number each kind from 1 in order of first use', () => {
    const relu = createLayer('relu', {}, (x) => x);
    expect(namesOf(sequential(dense(4), relu, dense(4), relu, dense(4)))).toEqual([
      'dense_1',
      'relu_1',
      'dense_2',
      'relu_1',
      'dense_3',
    ]);
  });

  it('are those that were given, passed over in counting', () => {
    const layers = sequential(dense(4, { name: 'dense_2' }), dense(4), dense(4));
    expect(namesOf(layers)).toEqual(['dense_2', 'dense_1', 'dense_3']);
  });

  it.each([
    [dense(4, { name: 'head' }), dense(4, { name: 'head' }), 'head', 'dense'],
    [dense(4), dense(4, { name: 'dense_1' }), 'dense_1', 'dense'],
  ])('are refused when two layers have one (case %#)', (a, b, name, kind) => {
    expect(caught(() => modelOf(sequential(a, b)))).toMatchObject({
      name: 'ProgramError',
      code: 'LAYER_NAME_TAKEN',
      message: `layer "${name}": two layers have one name, got a ${kind} layer after another.\nFix: name each layer once, or use the same layer object to share its weights.`,
    });
  });

  it.each(['', 'a/b', 'a › b'])('are refused as %j', (name) => {
    expect(caught(() => dense(4, { name }))).toMatchObject({
      name: 'AttributeError',
      code: 'OPTION_NAME',
      message: `layer "${name}": a name must not be empty or contain "/" or "›", got "${name}".\nExpected a word such as "encoder_1".`,
    });
  });

  it('are the same in every model that a layer is used in from the start', () => {
    const shared = dense(4);
    expect(namesOf(shared)).toEqual(['dense_1']);
    expect(namesOf(sequential(dense(4), shared))).toEqual(['dense_1', 'dense_2']);
  });
});

describe('a layer used twice', () => {
  it('has one set of variables, whose gradient is the sum over both uses', () => {
    const shared = dense(4);
    const model = modelOf((x) => add(shared(x), shared(mul(x, 2))));
    expect(model.variables.parameters.map(({ path }) => path)).toEqual([
      'dense_1/kernel',
      'dense_1/bias',
    ]);
    const program = traceProgram(
      'gradient',
      { ...model.inputs, v: stateOf(model) },
      ({ x, v: { parameters, state } }) =>
        valueAndGradient((p: typeof parameters) =>
          reduceSum(model.apply({ parameters: p, state }, { x }).outputs.y),
        )(parameters).gradients,
    );
    const gradients = evaluate(program, {
      x: floats([1, 2, 3, 4], [1, 4]),
      'v/parameters/dense_1/kernel': floats(Array(16).fill(0.5), [4, 4]),
      'v/parameters/dense_1/bias': floats([0, 0, 0, 0]),
    });
    // x + 2x for the kernel, one for each use for the bias
    expect(gradients['dense_1/kernel']).toEqual([
      3, 3, 3, 3, 6, 6, 6, 6, 9, 9, 9, 9, 12, 12, 12, 12,
    ]);
    expect(gradients['dense_1/bias']).toEqual([2, 2, 2, 2]);
  });

  it('is refused on inputs of two sizes', () => {
    const shared = dense(3);
    expect(caught(() => modelOf((x) => shared(shared(x))))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_SHARED_VARIABLE',
      message:
        'dense_1/kernel: a shared layer needs one shape at all its uses, got [3, 3] after [4, 3].\nFix: feed it inputs of one size, or make a second layer.',
    });
  });

  it('sees in its second use the state that the first one set', () => {
    const counter = createLayer('counter', {}, (x, scope) => {
      const count = add(scope.state('count', [], zeros()), 1);
      scope.updateState('count', count);
      return mul(x, count);
    });
    const model = modelOf((x) => concat([counter(x), counter(x)]));
    const run = (mode: 'train' | 'infer') =>
      evaluate(
        traceProgram('run', { ...model.inputs, v: stateOf(model) }, ({ x, v }) => {
          const { outputs, state } = model.apply(v, { x }, { mode });
          return { ...outputs, ...state };
        }),
        { x: floats([1, 1, 1, 1], [1, 4]), 'v/state/counter_1/count': floats([5], []) },
      );
    expect(run('train')).toEqual({ y: [6, 6, 6, 6, 7, 7, 7, 7], 'counter_1/count': [7] });
    expect(run('infer')).toEqual({ y: [6, 6, 6, 6, 6, 6, 6, 6], 'counter_1/count': [5] });
  });
});

describe('createLayer', () => {
  it('refuses to be called outside a model, where it has no name', () => {
    const call = (): unknown =>
      traceProgram('loose', { x: tensor('float32', [1, 4]) }, ({ x }) => ({ y: dense(2)(x) }));
    expect(caught(call)).toMatchObject({
      name: 'ProgramError',
      code: 'LAYER_OUTSIDE_BUILD',
      message:
        "dense: a layer was called outside a model.\nFix: call it inside defineModel's build function.",
    });
  });

  it('refuses an input or a result that is no tensor', () => {
    expect(
      caught(() => modelOf(() => dense(2, { name: 'head' })(undefined as never))),
    ).toMatchObject({
      code: 'LAYER_TENSOR',
      message: 'head: the input must be a tensor or a tree of tensors, got undefined.',
    });
    const forgetful = createLayer('forgetful', {}, () => undefined as never);
    expect(caught(() => modelOf(forgetful))).toMatchObject({
      code: 'LAYER_TENSOR',
      message: 'forgetful_1: the layer must return a tensor or a tree of tensors, got undefined.',
    });
  });

  const scoped = (use: (scope: LayerScope, x: Tensor) => void): unknown =>
    modelOf(
      createLayer('custom', {}, (x, scope) => {
        use(scope, x);
        return x;
      }),
    );

  it('refuses a variable that is parameter and state', () => {
    const both = (): unknown =>
      scoped((scope) => {
        scope.parameter('scale', [4], ones());
        scope.state('scale', [4], ones());
      });
    expect(caught(both)).toMatchObject({
      name: 'ProgramError',
      code: 'VARIABLE_ROLE',
      message:
        'custom_1/scale: a variable is either a parameter or state, got both.\nFix: give one of them another name.',
    });
  });

  it('refuses an update of state that it does not have', () => {
    expect(caught(() => scoped((scope, x) => scope.updateState('mean', x)))).toMatchObject({
      name: 'ProgramError',
      code: 'STATE_UNKNOWN',
      message:
        'custom_1/mean: there is no such state variable to update, got [].\nFix: call scope.state() for it first.',
    });
  });

  it('refuses an update of another shape', () => {
    const wrong = (): unknown =>
      scoped((scope, x) => {
        scope.state('mean', [4], zeros());
        scope.updateState('mean', x);
      });
    expect(caught(wrong)).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_STATE_UPDATE',
      message: 'custom_1/mean: the new value must be float32[4], got float32[batch, 4].',
    });
  });

  it('lets no gradient flow through the state from use to use', () => {
    const echo = createLayer('echo', {}, (x, scope) => {
      const last = scope.state('last', [4], zeros());
      scope.updateState('last', reshape(slice(x, { starts: [0, 0], sizes: [1, 4] }), [4]));
      return add(x, last);
    });
    const model = defineModel({
      name: 'echo',
      inputs: { x: tensor('float32', [2, 4]) },
      build: ({ x }) => ({ y: echo(echo(x)) }),
    });
    const program = traceProgram(
      'gradient',
      { ...model.inputs, v: stateOf(model) },
      ({ x, v }) => ({
        dx: valueAndGradient((input: Tensor) =>
          reduceSum(model.apply(v, { x: input }, { mode: 'train' }).outputs.y),
        )(x).gradients,
      }),
    );
    const { dx } = evaluate(program, {
      x: floats([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]),
      'v/state/echo_1/last': floats([0, 0, 0, 0]),
    });
    expect(dx).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('names layers inside a layer on their own, and lists them after it', () => {
    const inner = dense(4, { activation: 'relu' });
    const residual = createLayer('residual', {}, (x) => add(x, inner(x)));
    const model = modelOf(sequential(residual, dense(2)));
    expect(model.layers.map(({ name, depth }) => [name, depth])).toEqual([
      ['residual_1', 0],
      ['dense_1', 1],
      ['dense_2', 0],
    ]);
    const paths = model.program().nodes.map(({ path }) => path);
    expect(paths).toContain('residual_1 › dense_1 › matmul');
    expect(paths).toContain('residual_1 › add');
  });
});
