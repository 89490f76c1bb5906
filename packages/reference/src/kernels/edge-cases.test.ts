import type { DType, OperatorsV1 } from '@etalon/spec';
import { DataError, ShapeError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { singleOperatorProgram } from '../../test/programs.ts';
import { noise, tensor } from '../../test/tensors.ts';
import { evaluateProgram } from '../evaluate-program.ts';
import type { ReferenceTensor } from '../tensor.ts';
import type { KernelName } from './kernel.ts';

function compute<K extends KernelName>(
  operator: K,
  inputs: readonly ReferenceTensor[],
  attributes: OperatorsV1[K],
  shape: readonly number[],
  dtype: DType = 'float32',
): number[] {
  const program = singleOperatorProgram(operator, inputs, attributes, { dtype, shape });
  const outputs = evaluateProgram(program, Object.fromEntries(inputs.entries()));
  return [...(outputs.y?.data ?? [])];
}

const empty = (...shape: number[]): ReferenceTensor => tensor([], shape);
const noPadding = [
  [0, 0],
  [0, 0],
] as const;
const all = { axes: [0], keepDims: false };

describe('kernels on empty tensors', () => {
  it('reduce nothing to the neutral element', () => {
    expect(compute('reduceSum', [empty(0, 2)], all, [2])).toEqual([0, 0]);
    expect(compute('reduceMean', [empty(0, 2)], all, [2])).toEqual([Number.NaN, Number.NaN]);
    expect(compute('reduceMax', [empty(0)], all, [])).toEqual([Number.NEGATIVE_INFINITY]);
    expect(compute('reduceMin', [empty(0)], all, [])).toEqual([Number.POSITIVE_INFINITY]);
    const integers = tensor([], [0], 'int32');
    expect(compute('reduceSum', [integers], all, [], 'int32')).toEqual([0]);
    expect(compute('reduceMax', [integers], all, [], 'int32')).toEqual([-(2 ** 31)]);
    expect(compute('reduceMin', [integers], all, [], 'int32')).toEqual([2 ** 31 - 1]);
  });

  it('reduce another axis of an empty tensor to nothing', () => {
    expect(compute('reduceSum', [empty(2, 0)], all, [0])).toEqual([]);
    expect(compute('argMax', [empty(2, 0)], { axis: 0, keepDims: false }, [0], 'int32')).toEqual(
      [],
    );
  });

  it('refuse to search an empty axis', () => {
    const run = () => compute('argMax', [empty(0, 2)], { axis: 0, keepDims: false }, [2], 'int32');
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(
      'argMax › argMax_1: the searched axis must not be empty, got shape [0, 2] along axis 0.',
    );
  });

  it('multiply matrices without inner elements to zeros', () => {
    expect(compute('matmul', [empty(2, 0), empty(0, 3)], {}, [2, 3])).toEqual([0, 0, 0, 0, 0, 0]);
    expect(compute('matmul', [empty(0, 2), noise([2, 3], 1)], {}, [0, 3])).toEqual([]);
  });

  it('convolve and pool an empty batch to an empty batch, whose filter gradient is zero', () => {
    const convolution = {
      strides: [1, 1],
      padding: noPadding,
      dilations: [1, 1],
      groups: 1,
    } as const;
    const filter = noise([2, 2, 1, 1], 1);
    expect(compute('conv2d', [empty(0, 3, 3, 1), filter], convolution, [0, 2, 2, 1])).toEqual([]);
    expect(
      compute(
        'conv2dFilterGradient',
        [empty(0, 3, 3, 1), empty(0, 2, 2, 1)],
        { ...convolution, filterSize: [2, 2] },
        [2, 2, 1, 1],
      ),
    ).toEqual([0, 0, 0, 0]);
    const pooling = { windowSize: [2, 2], strides: [2, 2], padding: noPadding } as const;
    expect(compute('maxPool2d', [empty(0, 4, 4, 1)], pooling, [0, 2, 2, 1])).toEqual([]);
    expect(
      compute('maxPool2dGradient', [empty(0, 4, 4, 1), empty(0, 2, 2, 1)], pooling, [0, 4, 4, 1]),
    ).toEqual([]);
  });

  it('move, join and look up nothing', () => {
    expect(compute('transpose', [empty(2, 0)], { permutation: [1, 0] }, [0, 2])).toEqual([]);
    expect(compute('concat', [empty(0, 1), tensor([7], [1, 1])], { axis: 0 }, [1, 1])).toEqual([7]);
    expect(compute('pad', [empty(0)], { before: [1], after: [1], value: 4 }, [2])).toEqual([4, 4]);
    expect(compute('expand', [tensor([1], [1])], { shape: [0] }, [0])).toEqual([]);
    const none = tensor([], [0], 'int32');
    expect(compute('gather', [noise([3, 2], 1), none], { axis: 0 }, [0, 2])).toEqual([]);
    expect(compute('scatterAdd', [none, empty(0, 2)], { size: 2 }, [2, 2])).toEqual([0, 0, 0, 0]);
    expect(compute('oneHot', [none], { depth: 3 }, [0, 3])).toEqual([]);
    expect(compute('softmax', [empty(2, 0)], { axis: 1 }, [2, 0])).toEqual([]);
  });
});

describe('kernels on scalars', () => {
  it('treat rank 0 as one element', () => {
    const scalar = tensor([2], []);
    expect(compute('add', [scalar, tensor([1, 2], [2])], {}, [2])).toEqual([3, 4]);
    expect(compute('transpose', [scalar], { permutation: [] }, [])).toEqual([2]);
    expect(compute('expand', [scalar], { shape: [2, 2] }, [2, 2])).toEqual([2, 2, 2, 2]);
    expect(compute('reduceSum', [scalar], { axes: [], keepDims: false }, [])).toEqual([2]);
    expect(compute('slice', [scalar], { starts: [], sizes: [], strides: [] }, [])).toEqual([2]);
  });
});

describe('gather and scatterAdd', () => {
  it.each([-1, 3])('refuse the index %i of 3 and name the node', (index) => {
    const indices = tensor([0, index], [2], 'int32');
    const gather = () => compute('gather', [noise([3, 1], 1), indices], { axis: 0 }, [2, 1]);
    expect(gather).toThrow(DataError);
    expect(gather).toThrow(
      `gather › gather_1: index out of range, got ${index} at position 1.\nExpected indices from 0 to 2.`,
    );
    const scatter = () => compute('scatterAdd', [indices, noise([2, 1], 1)], { size: 3 }, [3, 1]);
    expect(scatter).toThrow(DataError);
  });
});

describe('special values', () => {
  const one = (operator: 'roundEven' | 'floor' | 'sign', x: number) =>
    compute(operator, [tensor([x])], {}, [1])[0];

  it('keep the sign of zero where the operator does', () => {
    expect(one('roundEven', -0.4)).toBe(-0);
    expect(one('roundEven', -0)).toBe(-0);
    expect(one('floor', -0)).toBe(-0);
  });

  it('round ties to even', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map((x) => one('roundEven', x))).toEqual([
      0, 2, 2, -0, -2, -2,
    ]);
  });

  it('pass NaN through sign, relu, max and the pooling window', () => {
    const nan = tensor([Number.NaN]);
    expect(one('sign', Number.NaN)).toBeNaN();
    expect(compute('relu', [nan], {}, [1])).toEqual([Number.NaN]);
    expect(compute('max', [nan, tensor([1])], {}, [1])).toEqual([Number.NaN]);
    expect(compute('max', [tensor([1]), nan], {}, [1])).toEqual([Number.NaN]);
  });

  it('never let the branch not taken leak', () => {
    const condition = tensor([1, 0], [2], 'bool');
    const values = [condition, tensor([1, Number.NaN]), tensor([Number.NaN, 2])];
    expect(compute('where', values, {}, [2])).toEqual([1, 2]);
  });

  it('give the gradient of a pooled NaN to the first NaN', () => {
    const image = tensor([5, Number.NaN, Number.NaN, 9], [1, 2, 2, 1]);
    const pooling = { windowSize: [2, 2], strides: [2, 2], padding: noPadding } as const;
    const dy = tensor([3], [1, 1, 1, 1]);
    expect(compute('maxPool2dGradient', [image, dy], pooling, [1, 2, 2, 1])).toEqual([0, 3, 0, 0]);
    const other = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
    expect(compute('maxPool2dSelect', [image, other], pooling, [1, 1, 1, 1])).toEqual([2]);
  });

  it('pool a window of -Infinity to -Infinity and its gradient to the first element', () => {
    const image = tensor(new Array(4).fill(Number.NEGATIVE_INFINITY), [1, 2, 2, 1]);
    const pooling = { windowSize: [2, 2], strides: [1, 1], padding: noPadding } as const;
    expect(compute('maxPool2d', [image], pooling, [1, 1, 1, 1])).toEqual([
      Number.NEGATIVE_INFINITY,
    ]);
    const dy = tensor([2], [1, 1, 1, 1]);
    expect(compute('maxPool2dGradient', [image, dy], pooling, [1, 2, 2, 1])).toEqual([2, 0, 0, 0]);
  });

  it('hand composites that only concern differentiation through', () => {
    const x = tensor([1, -2]);
    expect(compute('stopGradient', [x], {}, [2])).toEqual([1, -2]);
    expect(compute('straightThrough', [x, tensor([5, 6])], {}, [2])).toEqual([1, -2]);
  });
});
