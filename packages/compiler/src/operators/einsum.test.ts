import type { NodeV1, Shape } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { formatType } from '../program/format-type.ts';
import { tensor, traceProgram } from '../tracing/trace-program.ts';
import { einsum } from './einsum.ts';

function traced(
  equation: string,
  ...shapes: readonly Shape[]
): { readonly type: string; readonly nodes: readonly NodeV1[] } {
  const inputs = Object.fromEntries(
    shapes.map((shape, at) => [String(at), tensor('float32', shape)]),
  );
  let type = '';
  const { nodes } = traceProgram('program', inputs, (tensors) => {
    const y = einsum(equation, ...Object.values(tensors));
    type = formatType(y);
    return { y };
  });
  return { type, nodes };
}

const operatorsOf = (equation: string, ...shapes: readonly Shape[]): readonly string[] =>
  traced(equation, ...shapes).nodes.map(({ operator }) => operator);

describe('einsum', () => {
  it.each<[string, readonly Shape[], string]>([
    [
      'bqhd,bkhd->bhqk',
      [
        ['b', 'q', 8, 4],
        ['b', 'k', 8, 4],
      ],
      'float32[b, 8, q, k]',
    ],
    [
      '...i,ij',
      [
        ['batch', 'time', 3],
        [3, 5],
      ],
      'float32[batch, time, 5]',
    ],
    [
      'ij,jk',
      [
        ['m', 'n'],
        ['n', 'p'],
      ],
      'float32[m, p]',
    ],
    ['bA', [[2, 3]], 'float32[3, 2]'],
    [
      '...,...',
      [
        ['h', 1],
        [1, 'w'],
      ],
      'float32[h, w]',
    ],
    [
      'ij,kl->',
      [
        [2, 'n'],
        ['m', 3],
      ],
      'float32[]',
    ],
    [' i j -> j i ', [['rows', 2]], 'float32[2, rows]'],
  ])('keeps the names of sizes in %s', (equation, shapes, type) => {
    expect(traced(equation, ...shapes).type).toBe(type);
  });

  it('is made of matrix products, of as few axes as there can be', () => {
    expect(operatorsOf('ij,jk->ik', [2, 3], [3, 4])).toEqual(['matmul']);
    expect(operatorsOf('bij,bjk->bik', [5, 2, 3], [5, 3, 4])).toEqual(['matmul']);
    expect(operatorsOf('ij,kj->ik', [2, 3], [4, 3])).toEqual(['transpose', 'matmul']);
    expect(operatorsOf('ij,j->ij', [2, 3], [3])).toEqual(['mul']);
    expect(operatorsOf('i,ij->ij', [2], [2, 3])).toEqual(['reshape', 'mul']);
    expect(operatorsOf('ij->ij', [2, 3])).toEqual([]);
    expect(operatorsOf('ij->j', [2, 3])).toEqual(['reduceSum']);
  });

  it('puts its name on the paths of its nodes', () => {
    const { nodes } = traced('ij,jk->ik', [2, 3], [3, 4]);
    expect(nodes.map(({ path }) => path)).toEqual(['einsum › matmul']);
  });

  it.each<[string, readonly Shape[], string]>([
    [
      'ij,jk->il',
      [
        [2, 3],
        [3, 4],
      ],
      'no operand has the axis "l" of the result',
    ],
    ['ij,jk->ik', [[2, 3]], 'the equation is for 2 operands, not for 1'],
    [
      'ij',
      [
        [2, 3],
        [3, 4],
      ],
      'the equation is for 1 operand, not for 2',
    ],
    ['ii->i', [[2, 2]], 'an operand must not have one label twice (the diagonal is not taken)'],
    ['ij->ii', [[2, 2]], 'the result must not have one label twice'],
    ['i->j->k', [[2]], 'the equation must have one "->" at most'],
    ['i1->i', [[2, 2]], 'each term must be letters and at most one ellipsis'],
    ['..i->i', [[2, 2]], 'each term must be letters and at most one ellipsis'],
    ['...i...->i', [[2, 2]], 'each term must be letters and at most one ellipsis'],
    ['ij->0', [[2, 2]], 'each term must be letters and at most one ellipsis'],
    ['...i->i', [[2, 3]], 'the result must have the ellipsis that operands have'],
  ])('refuses %s', (equation, shapes, what) => {
    expect(caught(() => traced(equation, ...shapes))).toMatchObject({
      name: 'AttributeError',
      code: 'ATTRIBUTE_EINSUM',
      message: `einsum: ${what}, got ${JSON.stringify(equation)}.\nExpected letters for the axes of each operand, commas between operands and, where wanted, "->" and the axes of the result: "ij,jk->ik".`,
    });
  });

  it.each<[string, readonly Shape[], string]>([
    [
      'ij,jk->ik',
      [
        [2, 3],
        [4, 4],
      ],
      'axes of one label must have one size, got float32[2, 3] and float32[4, 4] for "ij,jk->ik".',
    ],
    [
      'ij,jk->ik',
      [
        [2, 'n'],
        ['m', 4],
      ],
      'axes of one label must have one size, got float32[2, n] and float32[m, 4]',
    ],
    [
      'ij->j',
      [[2, 3, 4]],
      'an operand does not have the axes of its term "ij", got float32[2, 3, 4] in "ij->j".\nExpected rank 2.',
    ],
    [
      '...ij->...',
      [[2]],
      'an operand does not have the axes of its term "...ij", got float32[2] in "...ij->...".\nExpected rank 2 or more.',
    ],
  ])('refuses sizes of %s that do not fit', (equation, shapes, message) => {
    expect(caught(() => traced(equation, ...shapes))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_EINSUM',
      message: expect.stringContaining(`einsum: ${message}`),
    });
  });
});
