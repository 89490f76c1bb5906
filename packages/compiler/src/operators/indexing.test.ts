import type { HostTensor } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import type { NestedNumbers } from '../index.ts';
import {
  constant,
  elementCountOf,
  filled,
  formatType,
  indexRange,
  isTensor,
  nameScope,
  tensor,
  traceProgram,
} from '../index.ts';

const constantsOf = (body: () => void): readonly HostTensor[] =>
  traceProgram('model', {}, () => {
    body();
    return {};
  }).constants.map((item) => item.tensor);

describe(constant, () => {
  it.each<[NestedNumbers, readonly number[], readonly number[]]>([
    [3, [], [3]],
    [[1, 2], [2], [1, 2]],
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ],
    [[[[-0]]], [1, 1, 1], [-0]],
    [[], [0], []],
    [[[], []], [2, 0], []],
  ])('takes %j', (value, shape, data) => {
    expect(constantsOf(() => constant(value))).toEqual([
      { dtype: 'float32', shape, data: Float32Array.from(data) },
    ]);
  });

  it.each<[NestedNumbers, string, string]>([
    [[[1, 2], [3]], '[3]', '[2, 2]'],
    [[1, [2]], '[2]', '[2]'],
    [[[1], 2], '2', '[2, 1]'],
    [[[[1]], [[1], [2]]], '[[1],[2]]', '[2, 1, 1]'],
  ])('refuses %j, whose rows differ', (value, got, shape) => {
    expect(
      caught(() => constantsOf(() => nameScope('prior', () => constant(value)))),
    ).toMatchObject({
      name: 'AttributeError',
      code: 'ATTRIBUTE_RAGGED',
      message: `prior › constant: nested arrays must be equally long, got ${got} where the first rows give ${shape}.`,
    });
  });

  it('takes host tensors of any dtype, and checks them with the program', () => {
    const bytes: HostTensor = { dtype: 'uint8', shape: [2], data: Uint8Array.of(7, 255) };
    expect(constantsOf(() => constant(bytes))).toEqual([bytes]);
    const short: HostTensor = { dtype: 'int32', shape: [3], data: Int32Array.of(1, 2) };
    expect(caught(() => constantsOf(() => constant(short)))).toMatchObject({
      code: 'PROGRAM_INVALID',
      message:
        'program "model": constant constant does not fit its type, got int32[3] with 2 elements in Int32Array.',
    });
  });
});

describe('made constants', () => {
  it('count, and fill shapes', () => {
    expect(constantsOf(() => indexRange(3))).toEqual([
      { dtype: 'int32', shape: [3], data: Int32Array.of(0, 1, 2) },
    ]);
    const program = traceProgram('model', { x: tensor('float32', ['n', 2]) }, ({ x }) => ({
      like: filled(x, -1),
      scalar: filled({ dtype: 'bool', shape: [] }, 1),
    }));
    expect(program.values.map(formatType)).toEqual([
      'float32[n, 2]',
      'float32[]',
      'float32[n, 2]',
      'bool[]',
    ]);
  });
});

describe(elementCountOf, () => {
  it('is a number where sizes are fixed, else a tensor', () => {
    traceProgram('model', { x: tensor('float32', ['n', 2, 3]) }, ({ x }) => {
      expect(elementCountOf(x, [1, 2])).toBe(6);
      expect(elementCountOf(x, [])).toBe(1);
      const count = elementCountOf(x, [0, 2]);
      expect(isTensor(count) && formatType(count)).toBe('float32[]');
      return {};
    });
  });
});
