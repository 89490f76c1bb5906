import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import type { Tensor } from '../index.ts';
import {
  argMax,
  concat,
  gather,
  logSoftmax,
  nameScope,
  reduceSum,
  softmax,
  tensor,
  traceProgram,
  transpose,
} from '../index.ts';

const inputs = { x: tensor('float32', ['n', 3, 4]), k: tensor('int32', [2]) };
type Symbols = { readonly [K in keyof typeof inputs]: Tensor };

function attributesOf(body: (symbols: Symbols) => Tensor): unknown {
  const { nodes } = traceProgram('model', inputs, (symbols) => ({ y: body(symbols) }));
  return nodes.at(-1)?.attributes;
}

describe('axes', () => {
  it.each<[string, (symbols: Symbols) => Tensor, object]>([
    ['all by default', ({ x }) => reduceSum(x), { axes: [0, 1, 2], keepDims: false }],
    ['one', ({ x }) => reduceSum(x, { axes: -1 }), { axes: [2], keepDims: false }],
    [
      'several, in any order',
      ({ x }) => reduceSum(x, { axes: [-1, 0], keepDims: true }),
      { axes: [0, 2], keepDims: true },
    ],
    ['none', ({ x }) => reduceSum(x, { axes: [] }), { axes: [], keepDims: false }],
    ['the last by default', ({ x }) => argMax(x), { axis: 2, keepDims: false }],
    ['of softmax', ({ x }) => softmax(x, { axis: -2 }), { axis: 1 }],
    ['of logSoftmax', ({ x }) => logSoftmax(x), { axis: 2 }],
    ['of gather', ({ x, k }) => gather(x, k, { axis: -2 }), { axis: 1 }],
    ['of concat', ({ x }) => concat([x, x], { axis: -1 }), { axis: 2 }],
    ['of transpose', ({ x }) => transpose(x, [-1, 0, -2]), { permutation: [2, 0, 1] }],
    ['of transpose, reversed', ({ x }) => transpose(x), { permutation: [2, 1, 0] }],
  ])('%s count from the end where negative', (_, body, attributes) => {
    expect(attributesOf(body)).toEqual(attributes);
  });

  it.each<[(symbols: Symbols) => Tensor, string, string]>([
    [
      ({ x }) => reduceSum(x, { axes: [0, -3] }),
      'ATTRIBUTE_AXES',
      'head › reduceSum: an axis is named twice, got [0, -3] for float32[n, 3, 4].',
    ],
    [
      ({ x }) => reduceSum(x, { axes: -4 }),
      'ATTRIBUTE_AXIS',
      'head › reduceSum: axis -4 is out of range for float32[n, 3, 4] (rank 3).\nExpected -3 … 2.',
    ],
    [
      ({ x }) => argMax(x, { axis: 0.5 }),
      'ATTRIBUTE_AXIS',
      'head › argMax: axis 0.5 is out of range for float32[n, 3, 4] (rank 3).\nExpected -3 … 2.',
    ],
    [
      ({ x }) => softmax(reduceSum(x)),
      'ATTRIBUTE_AXIS',
      'head › softmax: axis -1 is out of range for float32[] (rank 0).\nExpected an operand of rank 1 or more.',
    ],
    [
      ({ x }) => transpose(x, [0, 1, 3]),
      'ATTRIBUTE_AXIS',
      'head › transpose: axis 3 is out of range for float32[n, 3, 4] (rank 3).\nExpected -3 … 2.',
    ],
  ])('are refused outside the rank, with the path', (body, code, message) => {
    const error = caught(() => attributesOf((symbols) => nameScope('head', () => body(symbols))));
    expect(error).toMatchObject({ name: 'AttributeError', code, message });
  });
});
