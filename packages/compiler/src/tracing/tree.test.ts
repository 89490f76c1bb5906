import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { flattenTree, mapTree } from './tree.ts';

const isNumber = (value: unknown): value is number => typeof value === 'number';

describe(flattenTree, () => {
  it('lists leaves with their paths, in the order of the keys', () => {
    const tree = { dense_1: { kernel: 1, bias: 2 }, stack: [3, { a: 4 }] };
    expect(flattenTree(tree, isNumber)).toEqual([
      ['dense_1/kernel', 1],
      ['dense_1/bias', 2],
      ['stack/0', 3],
      ['stack/1/a', 4],
    ]);
  });

  it('gives a single leaf the empty path', () => {
    expect(flattenTree(7, isNumber)).toEqual([['', 7]]);
  });

  it('has no leaves in empty objects and arrays', () => {
    expect(flattenTree({ a: {}, b: [] }, isNumber)).toEqual([]);
  });

  it.each<[unknown, string]>([
    ['text', 'got text'],
    [null, 'got null'],
    [undefined, 'got undefined'],
    [Promise.resolve({ a: 1 }), 'got an instance of Promise'],
    [new Map([['a', 1]]), 'got an instance of Map'],
    [new Float32Array(2), 'got an instance of Float32Array'],
  ])('refuses %o', (leaf, received) => {
    expect(caught(() => flattenTree({ deep: [leaf] }, isNumber))).toMatchObject({
      name: 'ProgramError',
      code: 'TREE_LEAF',
      message: `tree: leaf "deep/0" is not of the expected kind, ${received}.\nExpected nested plain objects and arrays of tensors.`,
    });
  });
});

describe(mapTree, () => {
  it('keeps the nesting and passes paths', () => {
    const tree = { a: [1, { b: 2 }], c: 3 };
    expect(mapTree(tree, isNumber, (leaf, path) => `${path}=${leaf}`)).toEqual({
      a: ['a/0=1', { b: 'a/1/b=2' }],
      c: 'c=3',
    });
  });

  it('maps a single leaf', () => {
    expect(mapTree(1, isNumber, (leaf, path) => [leaf, path])).toEqual([1, '']);
  });

  it('leaves everything else as it is', () => {
    const map = new Map();
    expect(mapTree({ a: 'text', b: map, c: null }, isNumber, () => 0)).toEqual({
      a: 'text',
      b: map,
      c: null,
    });
  });

  it('keeps a key named __proto__ as a key', () => {
    const tree = JSON.parse('{"__proto__": 1}');
    const mapped = mapTree(tree, isNumber, (leaf) => leaf + 1);
    expect(Object.entries(mapped as object)).toEqual([['__proto__', 2]]);
  });
});
