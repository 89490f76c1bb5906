import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { add, dimensionSize, isTensor, isTensorType, tensor, traceProgram } from '../index.ts';

describe(tensor, () => {
  it('declares a dtype and a shape', () => {
    expect(tensor('int32', ['batch', 2])).toMatchObject({ dtype: 'int32', shape: ['batch', 2] });
    expect(isTensorType(tensor('bool', []))).toBe(true);
    expect(isTensorType({ dtype: 'bool', shape: [] })).toBe(false);
    expect(isTensorType(null)).toBe(false);
  });

  it.each<[string | number, string]>([
    [-1, 'tensor: a size must be an integer of at least 0, got -1.'],
    [1.5, 'tensor: a size must be an integer of at least 0, got 1.5.'],
    ['', 'tensor: a size\'s name must be a word, got "".'],
    ['2·n', 'tensor: a size\'s name must be a word, got "2·n".'],
  ])('refuses the size %o', (size, message) => {
    expect(caught(() => tensor('float32', ['batch', size]))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_SIZE',
      message,
    });
  });
});

describe(traceProgram, () => {
  it('names inputs and outputs by their paths in the trees', () => {
    const inputs = {
      state: { dense: { kernel: tensor('float32', [3, 2]) } },
      pair: [tensor('float32', ['n']), tensor('int32', [])] as const,
      depth: 4,
    };
    const program = traceProgram('model', inputs, ({ state, pair, depth }) => {
      expect(depth).toBe(4);
      expect(isTensor(pair[1])).toBe(true);
      return { state, sums: [add(pair[0], 1), pair[1]] };
    });
    expect(program.inputs.map(({ name }) => name)).toEqual([
      'state/dense/kernel',
      'pair/0',
      'pair/1',
    ]);
    expect(program.outputs).toEqual([
      { name: 'state/dense/kernel', value: 0 },
      { name: 'sums/0', value: 4 },
      { name: 'sums/1', value: 2 },
    ]);
    expect(program.values[4]).toEqual({ dtype: 'float32', shape: ['n'] });
  });

  it('refuses two inputs of one path', () => {
    const inputs = { a: { b: tensor('float32', []) }, 'a/b': tensor('float32', []) };
    expect(caught(() => traceProgram('model', inputs, () => ({})))).toMatchObject({
      name: 'ProgramError',
      code: 'PROGRAM_INVALID',
      message: 'program "model": two inputs have one name, got "a/b".',
    });
  });

  it('refuses outputs that are not tensors', () => {
    expect(caught(() => traceProgram('model', {}, () => ({ loss: 3 })))).toMatchObject({
      code: 'TREE_LEAF',
    });
  });

  it('refuses an asynchronous function, whose promise holds no outputs', () => {
    const asynchronous = async () => ({});
    expect(
      caught(() => traceProgram('model', {}, asynchronous as unknown as () => object as never)),
    ).toMatchObject({ code: 'TREE_LEAF' });
  });

  it('refuses a size that no input binds, naming the node', () => {
    const inputs = { x: tensor('float32', ['batch']) };
    expect(
      caught(() => traceProgram('model', inputs, () => ({ n: dimensionSize('time') }))),
    ).toMatchObject({
      name: 'ProgramError',
      code: 'PROGRAM_UNBOUND_SIZE',
      message:
        'program "model" › dimensionSize: size "time" is not an axis of any input, got bound sizes ["batch"].\nFix: give some input an axis of exactly this name.',
    });
  });
});
