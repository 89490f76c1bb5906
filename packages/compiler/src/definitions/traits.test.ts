import { describe, expect, it } from 'vitest';
import type { Tensor } from '../index.ts';
import {
  add,
  averagePool2d,
  conv2d,
  formatDimension,
  gradient,
  matmul,
  nodeFlops,
  operatorNames,
  operatorTraits,
  reduceSum,
  reshape,
  softmax,
  tensor,
  traceProgram,
} from '../index.ts';
import { operatorDefinitions } from './index.ts';

describe('operatorNames', () => {
  it('lists what is defined', () => {
    expect([...operatorNames].sort()).toEqual(Object.keys(operatorDefinitions).sort());
  });
});

describe(operatorTraits, () => {
  it('tells what an operator is like', () => {
    expect(operatorTraits('gelu')).toEqual({
      kind: 'composite',
      operands: 1,
      gradient: 'rule',
      decomposes: true,
      dataOperand: 0,
    });
    expect(operatorTraits('where')).toMatchObject({ kind: 'core', operands: 3, dataOperand: 1 });
    expect(operatorTraits('concat')).toMatchObject({ operands: 'variadic', decomposes: false });
    expect(operatorTraits('randomNormal')).toMatchObject({ kind: 'random', gradient: 'zero' });
  });

  it.each(operatorNames)('says of %s that it is composite only where it decomposes', (operator) => {
    const { kind, decomposes } = operatorTraits(operator);
    expect(kind !== 'composite' || decomposes).toBe(true);
  });
});

describe(nodeFlops, () => {
  const inputs = {
    x: tensor('float32', ['n', 8, 6, 4]),
    w: tensor('float32', [3, 3, 2, 10]),
    a: tensor('float32', ['n', 5, 7]),
    b: tensor('float32', [7, 11]),
  };
  const flopsOf = (
    operator: string,
    body: (symbols: Record<keyof typeof inputs, Tensor>) => Tensor,
  ) => {
    const { nodes, values } = traceProgram('model', inputs, (symbols) => ({ y: body(symbols) }));
    return nodes
      .filter((node) => node.operator === operator)
      .map((node) => formatDimension(nodeFlops(node, values)));
  };

  it.each<[string, (symbols: Record<keyof typeof inputs, Tensor>) => Tensor, string]>([
    // two for each multiplication with an addition
    ['matmul', ({ a, b }) => matmul(a, b), `${2 * 5 * 7 * 11}·n`],
    // output pixels · output channels · taps of one group
    ['conv2d', ({ x, w }) => conv2d(x, w, { groups: 2 }), `${2 * 6 * 4 * 10 * 3 * 3 * 2}·n`],
    ['averagePool2d', ({ x }) => averagePool2d(x, { windowSize: 2 }), `${4 * 3 * 4 * 4}·n`],
    ['add', ({ a }) => add(a, 1), '35·n'],
    ['reduceSum', ({ a }) => reduceSum(a), '35·n'],
    ['softmax', ({ a }) => softmax(a), '175·n'],
    ['reshape', ({ a }) => reshape(a, [-1]), '0'],
  ])('of %s', (operator, body, flops) => {
    expect(flopsOf(operator, body)).toEqual([flops]);
  });

  it('are the same for both gradients of a convolution as for itself', () => {
    const convolved = ({ x, w }: { x: Tensor; w: Tensor }) =>
      reduceSum(conv2d(x, w, { groups: 2 }));
    const both = ({ x, w }: Record<keyof typeof inputs, Tensor>) => {
      const gradients = gradient(convolved)({ x, w });
      return add(reduceSum(gradients.x), reduceSum(gradients.w));
    };
    for (const operator of ['conv2dInputGradient', 'conv2dFilterGradient']) {
      expect(flopsOf(operator, both)).toEqual([`${2 * 6 * 4 * 10 * 3 * 3 * 2}·n`]);
    }
  });
});
