import type { Tensor } from '@etalon/compiler';
import {
  add,
  mul,
  reduceSum,
  scan,
  tensor,
  traceProgram,
  valueAndGradient,
} from '@etalon/compiler';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { modelOf } from '../../test/support/models.ts';
import { evaluate, floats } from '../../test/support/tensors.ts';
import { ones } from '../initializers/initializers.ts';
import { defineModel, stateOf } from '../model/define-model.ts';
import { formatSummary, summarize } from '../model/summary.ts';
import { dense } from './dense.ts';
import type { Layer } from './layer.ts';
import { createLayer } from './layer.ts';
import { sequential } from './sequential.ts';

interface Operands {
  readonly left: Tensor;
  readonly right?: Tensor;
}

interface Sums {
  readonly output: Tensor;
  readonly parts: readonly Tensor[];
}

function weighted(): Layer<Operands, Sums> {
  return createLayer('weighted', {}, ({ left, right }, scope) => {
    const scaled = mul(left, scope.parameter('weight', [4], ones()));
    const other = right ?? left;
    return { output: add(scaled, other), parts: [scaled, reduceSum(other, { axes: 1 })] };
  });
}

const pair = { x: tensor('float32', ['batch', 4]), y: tensor('float32', ['batch', 4]) };

describe('a layer of trees', () => {
  it('takes and returns tensors by name, and differentiates through them', () => {
    const layer = weighted();
    const model = defineModel({
      name: 'trees',
      inputs: pair,
      build: ({ x, y }) => {
        const { output, parts } = layer({ left: x, right: y });
        return { output, sum: parts[1] ?? output };
      },
    });
    const program = traceProgram('run', { ...pair, v: stateOf(model) }, ({ x, y, v }) => {
      const loss = (p: typeof v.parameters): Tensor =>
        reduceSum(model.apply({ ...v, parameters: p }, { x, y }).outputs.output);
      const { gradients } = valueAndGradient(loss)(v.parameters);
      return { ...model.apply(v, { x, y }).outputs, ...gradients };
    });
    expect(
      evaluate(program, {
        x: floats([1, 2, 3, 4], [1, 4]),
        y: floats([10, 20, 30, 40], [1, 4]),
        'v/parameters/weighted_1/weight': floats([2, 3, 4, 5]),
      }),
    ).toEqual({ output: [12, 26, 42, 60], sum: [100], 'weighted_1/weight': [1, 2, 3, 4] });
  });

  it('may be left without a tensor that its type makes optional', () => {
    const layer = weighted();
    const model = modelOf((x) => layer({ left: x }).output);
    const program = traceProgram('run', { ...model.inputs, v: stateOf(model) }, ({ x, v }) => ({
      ...model.apply(v, { x }).outputs,
    }));
    expect(
      evaluate(program, {
        x: floats([1, 2, 3, 4], [1, 4]),
        'v/parameters/weighted_1/weight': floats([2, 2, 2, 2]),
      }),
    ).toEqual({ y: [3, 6, 9, 12] });
  });

  it('has a line of the summary for each tensor, and all of them in its memory', () => {
    const layer = weighted();
    const model = modelOf((x) => layer({ left: x }).output);
    expect(model.layers[0]).toMatchObject({
      outputShape: ['batch', 4],
      outputs: [
        { path: 'output', shape: ['batch', 4] },
        { path: 'parts/0', shape: ['batch', 4] },
        { path: 'parts/1', shape: ['batch'] },
      ],
    });
    expect(model.layers[0]).not.toHaveProperty('builder');
    expect(formatSummary(summarize(model)).split('\n').slice(3, 6)).toEqual([
      'weighted_1  output [batch, 4]            4     12         36 B',
      '            parts/0 [batch, 4]',
      '            parts/1 [batch]',
    ]);
  });

  it('keeps the types of layers from a tensor to a tensor', () => {
    expectTypeOf(dense(2)).toEqualTypeOf<Layer>();
    expectTypeOf<Layer>().toEqualTypeOf<Layer<Tensor, Tensor>>();
    expectTypeOf(createLayer('same', {}, (x) => x)).toEqualTypeOf<Layer>();
    expectTypeOf(createLayer('copy', {}, (x) => ({ x }))).toEqualTypeOf<
      Layer<Tensor, { x: Tensor }>
    >();
    expectTypeOf(createLayer('block', {}, dense(2))).toEqualTypeOf<Layer>();
    // @ts-expect-error a sequence passes on one tensor
    void (() => sequential(weighted()));
  });

  it.each<[string, unknown, string]>([
    ['nothing', {}, '{}'],
    ['a missing tensor', { left: undefined }, '{ left: undefined }'],
    ['a number', { left: 1, right: [true] }, '{ left: 1, right: [true] }'],
    ['a promise', Promise.resolve(), 'a Promise'],
    ['a map of tensors', { left: new Map() }, '{ left: a Map }'],
    ['null', null, 'null'],
    ['a layer that was not called', dense(2), 'a function'],
  ])('refuses %s', (_, input, got) => {
    const layer = weighted();
    const error = caught(() => modelOf(() => layer(input as never).output));
    expect(error).toMatchObject({ name: 'ProgramError', code: 'LAYER_TENSOR' });
    expect(error.message.split('\n')[0]).toBe(
      `weighted: the input must be a tensor or a tree of tensors, got ${got}.`,
    );
  });

  it('shows what else the tree holds, two levels of it', () => {
    const layer = weighted();
    expect(
      caught(() => modelOf((x) => layer({ left: x, right: [{ x: [x] }, null] } as never).output))
        .message,
    ).toBe(
      'weighted: the input must be a tensor or a tree of tensors, got { left: float32[batch, 4], right: […, null] }.\nExpected nested plain objects and arrays with tensors at all leaves, and at least one. Fix: leave out what is not there.',
    );
  });

  it('is refused where a result is missing', () => {
    const forgetful = createLayer('forgetful', {}, (x) => ({ x, state: undefined as never }));
    expect(caught(() => modelOf((x) => forgetful(x).x)).message).toContain(
      'forgetful_1: the layer must return a tensor or a tree of tensors, got { x: float32[batch, 4], state: undefined }.',
    );
  });
});

describe('a layer of one tensor', () => {
  it('refuses a tree', () => {
    expect(caught(() => modelOf((x) => dense(2)({ x } as never)))).toMatchObject({
      code: 'LAYER_TENSOR',
      message:
        'dense_1: the input must be a tensor, got { x: float32[batch, 4] }.\nFix: give this layer one of them.',
    });
  });
});

describe('a layer in the body of a loop', () => {
  it('shares its variables with uses outside, and counts the operations of one iteration', () => {
    const cell = dense(4, { useBias: false });
    const loop = createLayer('loop', {}, (x) => {
      const { carried } = scan((h: Tensor) => ({ carried: cell(h), stacked: {} }), {
        carried: x,
        length: 3,
      });
      return carried;
    });
    const model = modelOf((x) => cell(loop(x)));
    const once = 2 * 4 * 4;
    expect(summarize(model).layers.map(({ name, depth, flops }) => [name, depth, flops])).toEqual([
      ['loop_1', 0, 3 * once],
      ['dense_1', 1, once],
      ['dense_1', 0, once],
    ]);
    const program = traceProgram('run', { ...model.inputs, v: stateOf(model) }, ({ x, v }) => ({
      ...model.apply(v, { x }).outputs,
    }));
    const double = floats([2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2], [4, 4]);
    expect(
      evaluate(program, {
        x: floats([1, 2, 3, 4], [1, 4]),
        'v/parameters/dense_1/kernel': double,
      }),
    ).toEqual({ y: [16, 32, 48, 64] });
  });
});
