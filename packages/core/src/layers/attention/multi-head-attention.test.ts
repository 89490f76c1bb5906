import type { Tensor, TensorType } from '@etalon/compiler';
import { reduceSum, tensor, traceProgram } from '@etalon/compiler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caught } from '../../../test/support/errors.ts';
import { wavesOf } from '../../../test/support/streaming.ts';
import { evaluate } from '../../../test/support/tensors.ts';
import { defineModel, stateOf } from '../../model/define-model.ts';
import type { AttentionInputs } from './multi-head-attention.ts';
import { multiHeadAttention } from './multi-head-attention.ts';
import { rotaryEmbedding } from './rotary.ts';

const x = tensor('float32', ['batch', 'time', 4]);

function modelOf(apply: (x: Tensor) => Tensor, type: TensorType = x) {
  return defineModel({
    name: 'attention',
    inputs: { x: type },
    build: (given) => ({ y: apply(given.x) }),
  });
}

describe('multiHeadAttention', () => {
  it('is causal by option or by call, with the same variables', () => {
    const outputs = [
      modelOf(multiHeadAttention({ heads: 2, causal: true })),
      modelOf((query) => multiHeadAttention({ heads: 2 })({ query, value: query, causal: true })),
      modelOf(multiHeadAttention({ heads: 2 })),
      modelOf((query) =>
        multiHeadAttention({ heads: 2, causal: true })({ query, value: query, causal: false }),
      ),
    ].map(
      (model) => evaluate(model.freeze(model.initialize(4)), { x: wavesOf([2, 3, 4]) }).y ?? [],
    );
    const [option, call, all, none] = outputs;
    expect(call).toEqual(option);
    expect(none).toEqual(all);
    expect(all).not.toEqual(option);
    // the last step sees all others either way
    expect(all?.slice(8, 12)).toEqual(option?.slice(8, 12));
  });

  it('shares its variables between calls of one object', () => {
    const layer = multiHeadAttention({ heads: 2 });
    const model = modelOf((given) => layer(layer({ query: given, value: given, causal: true })));
    expect(model.variables.parameters).toHaveLength(8);
  });

  it('sees no later step, and none before its context', () => {
    const model = modelOf(multiHeadAttention({ heads: 2, causal: true, context: 3 }));
    const program = model.freeze(model.initialize(7));
    const before = evaluate(program, { x: wavesOf([1, 8, 4]) }).y ?? [];
    fc.assert(
      fc.property(fc.nat(7), (changed) => {
        const other = wavesOf([1, 8, 4]);
        other.data.fill(0.5, changed * 4, changed * 4 + 4);
        const after = evaluate(program, { x: other }).y ?? [];
        const moved = Array.from({ length: 8 }, (_, step) => step).filter((step) =>
          after.slice(step * 4, step * 4 + 4).some((value, at) => value !== before[step * 4 + at]),
        );
        expect(moved).toEqual([0, 1, 2].map((step) => changed + step).filter((step) => step < 8));
      }),
    );
  });

  it('keeps large scores finite', () => {
    const model = modelOf(multiHeadAttention({ heads: 1, causal: true }));
    const big = wavesOf([1, 5, 4]);
    big.data.forEach((value, at) => {
      big.data[at] = value * 1e9;
    });
    const { y = [] } = evaluate(model.freeze(model.initialize(1)), { x: big });
    expect(y.every(Number.isFinite)).toBe(true);
  });

  it('drops weights in training only', () => {
    const model = modelOf(multiHeadAttention({ heads: 2, dropout: 0.25 }));
    const program = traceProgram('train', { x, v: stateOf(model) }, ({ x: given, v }) => ({
      y: reduceSum(model.apply(v, { x: given }, { mode: 'train' }).outputs.y),
    }));
    const draws = program.nodes.filter(({ operator }) => operator === 'randomBernoulli');
    expect(draws.map(({ attributes }) => attributes)).toMatchObject([
      { shape: ['batch', 2, 'time', 'time'], probability: 0.75 },
    ]);
    expect(model.program().nodes.some(({ operator }) => operator === 'randomBernoulli')).toBe(
      false,
    );
  });

  it('names what is wrong', () => {
    expect(caught(() => multiHeadAttention({ heads: 0 }))).toMatchObject({
      code: 'OPTION_COUNT',
      message: 'multiHeadAttention: heads must be an integer of at least 1, got 0.',
    });
    expect(caught(() => multiHeadAttention({ heads: 2, context: 1.5 }))).toMatchObject({
      code: 'OPTION_COUNT',
    });
    expect(caught(() => multiHeadAttention({ heads: 2, dropout: 1 }))).toMatchObject({
      code: 'OPTION_RANGE',
    });
    expect(caught(() => modelOf(multiHeadAttention({ heads: 3 })))).toMatchObject({
      name: 'AttributeError',
      code: 'OPTION_HEADS',
      message:
        'multiHeadAttention_1: the features must be shared evenly among the heads, got 4 features for 3 heads.\nFix: choose another number of heads, or pass keySize.',
    });
    expect(
      caught(() => modelOf(multiHeadAttention({ heads: 1 }), tensor('float32', ['batch', 4]))),
    ).toMatchObject({ code: 'SHAPE_LAYER_RANK' });
    const layer = multiHeadAttention({ heads: 2, name: 'cross' });
    const wrong = (others: Readonly<Record<string, TensorType>>) =>
      caught(() =>
        defineModel({
          name: 'wrong',
          inputs: { query: x, ...others },
          build: (given) => ({ y: layer(given as unknown as AttentionInputs) }),
        }),
      );
    const value = tensor('float32', ['batch', 'keys', 4]);
    expect(wrong({ value, key: tensor('float32', ['batch', 'other', 4]) })).toMatchObject({
      code: 'SHAPE_ATTENTION',
      message:
        'cross: queries, keys and values must have one batch, and keys and values one length, got query float32[batch, time, 4], key float32[batch, other, 4], value float32[batch, keys, 4].',
    });
    for (const mask of [
      tensor('bool', ['batch', 'time']),
      tensor('int32', ['batch', 'keys']),
      tensor('bool', ['batch', 'time', 'keys', 1]),
    ]) {
      expect(wrong({ value, mask })).toMatchObject({
        name: 'DTypeError',
        code: 'DTYPE_MASK',
        message: expect.stringContaining(
          'Expected bool[batch, time, keys], or bool[batch, keys] for all queries alike.',
        ),
      });
    }
    expect(wrong({})).toMatchObject({ code: 'LAYER_TENSOR' });
  });
});

describe('rotaryEmbedding', () => {
  it('refuses an odd or unknown size, and positions that are none', () => {
    const refusal = (type: TensorType, positions?: TensorType) =>
      caught(() =>
        traceProgram(
          'rotary',
          { x: type, ...(positions && { positions }) },
          (given: { readonly x: Tensor; readonly positions?: Tensor }) => ({
            y: rotaryEmbedding(given.x, given.positions),
          }),
        ),
      );
    for (const shape of [[3, 5], [3, 'size'], [4]]) {
      expect(refusal(tensor('float32', shape))).toMatchObject({ code: 'SHAPE_ROTARY' });
    }
    expect(refusal(tensor('float32', [3, 4]), tensor('int32', [2]))).toMatchObject({
      code: 'SHAPE_POSITIONS',
    });
  });

  it('makes products depend on distances alone', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(50), (a, b, moved) => {
        const program = traceProgram(
          'rotary',
          { x: tensor('float32', [4, 6]), positions: tensor('int32', [4]) },
          (given) => ({ y: rotaryEmbedding(given.x, given.positions) }),
        );
        const rows = wavesOf([2, 6]).data;
        const { y = [] } = evaluate(program, {
          x: { dtype: 'float32', shape: [4, 6], data: Float32Array.of(...rows, ...rows) },
          positions: {
            dtype: 'int32',
            shape: [4],
            data: Int32Array.of(a, b, a + moved, b + moved),
          },
        });
        const product = (row: number) =>
          [0, 1, 2, 3, 4, 5].reduce(
            (sum, at) => sum + (y[row * 6 + at] ?? 0) * (y[row * 6 + 6 + at] ?? 0),
            0,
          );
        expect(product(0)).toBeCloseTo(product(2), 5);
      }),
    );
  });
});
