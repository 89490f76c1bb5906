import type { ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { NameScope, onnxNames, slashPath } from './names.ts';

function programWith(inputs: readonly string[], outputs: readonly string[]): ProgramV1 {
  const named = (names: readonly string[]) => names.map((name) => ({ name, value: 0 }));
  return {
    specificationVersion: 'v1',
    name: 'names',
    values: [{ dtype: 'float32', shape: [] }],
    inputs: named(inputs),
    constants: [],
    nodes: [],
    outputs: named(outputs),
  };
}

describe('onnxNames', () => {
  it('keeps the names of inputs and outputs', () => {
    expect(onnxNames(programWith(['image', 'p/kernel'], ['logits']))).toEqual({
      inputs: { image: 'image', 'p/kernel': 'p/kernel' },
      outputs: { logits: 'logits' },
    });
  });

  it('gives an output that is named like an input a suffix', () => {
    expect(onnxNames(programWith(['p/kernel', 'x'], ['p/kernel', 'y'])).outputs).toEqual({
      'p/kernel': 'p/kernel.next',
      y: 'y',
    });
  });

  it('repeats the suffix until the name is free', () => {
    expect(onnxNames(programWith(['x', 'x.next'], ['x', 'x.next', 'x.next.next'])).outputs).toEqual(
      {
        x: 'x.next.next.next',
        'x.next': 'x.next.next.next.next',
        'x.next.next': 'x.next.next',
      },
    );
  });
});

describe('NameScope', () => {
  it('numbers repetitions from 2 on and steps over names that are taken', () => {
    const scope = new NameScope();
    scope.reserve('relu_3');
    expect(Array.from({ length: 4 }, () => scope.unique('relu'))).toEqual([
      'relu',
      'relu_2',
      'relu_4',
      'relu_5',
    ]);
  });
});

describe('slashPath', () => {
  it('joins the parts of a path by slashes', () => {
    expect(slashPath('encoder › dense_1 › matmul')).toBe('encoder/dense_1/matmul');
  });
});
