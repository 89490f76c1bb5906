import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import type { Tensor } from '../index.ts';
import {
  add,
  concat,
  conv2d,
  gradient,
  matmul,
  nameScope,
  printProgram,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  slice,
  tensor,
  traceProgram,
  verifyProgram,
} from '../index.ts';
import { checkSizes, specializeEmpty } from './zero-guard.ts';

const inputs = { x: tensor('float32', ['n', 3]), w: tensor('float32', [3, 2]) };

describe(checkSizes, () => {
  const program = traceProgram('model', inputs, ({ x, w }) => ({
    tail: nameScope('tail', () => slice(matmul(x, w), { starts: [2, 0] })),
  }));

  it('tells whether a value is empty', () => {
    expect(checkSizes(program, { n: 5 })).toBe('positive');
    expect(checkSizes(program, { n: 2 })).toBe('empty');
  });

  it('refuses sizes that leave a node too little, naming it and them', () => {
    const error = caught(() => checkSizes(program, { n: 1 }));
    expect(error).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_RUN_SIZES',
      message:
        'model › tail › slice: the sizes of the inputs do not fit, got n 1: sizes must be an integer of at least 0, got -1.',
      details: { bindings: { n: 1 } },
    });
    expect((error as Error).cause).toMatchObject({ code: 'ATTRIBUTE_INTEGER' });
  });

  it.each([4, 5, 6])('finds nothing wrong with the gradient of a strided slice, of %i', (n) => {
    const strided = traceProgram('model', inputs, ({ x }) => ({
      y: gradient((v: Tensor) => reduceSum(slice(v, { starts: [1, 0], strides: [2, 2] })))(x),
    }));
    expect(checkSizes(strided, { n })).toBe('positive');
  });

  it('refuses a slice that reaches past what a name turned out to be', () => {
    const first = traceProgram('model', inputs, ({ x }) => ({
      y: slice(x, { starts: [0, 0], sizes: [4, 3] }),
    }));
    expect(checkSizes(first, { n: 4 })).toBe('positive');
    expect(caught(() => checkSizes(first, { n: 3 }))).toMatchObject({
      code: 'SHAPE_RUN_SIZES',
      message:
        'model › slice: the sizes of the inputs do not fit, got n 3: the slice leaves axis 0, got starts [0, 0], sizes [4, 3], strides [1, 1] of float32[3, 3].',
    });
  });

  it('refuses an image that a window does not fit, whatever the formula gives', () => {
    const declared = {
      image: tensor('float32', ['batch', 'h', 'h', 1]),
      filter: tensor('float32', [3, 3, 1, 1]),
    };
    const convolved = traceProgram('cnn', declared, ({ image, filter }) => ({
      y: nameScope('conv2d_1', () => conv2d(image, filter, { strides: 2 })),
    }));
    expect(checkSizes(convolved, { batch: 1, h: 3 })).toBe('positive');
    expect(checkSizes(convolved, { batch: 0, h: 3 })).toBe('empty');
    expect(caught(() => checkSizes(convolved, { batch: 1, h: 2 }))).toMatchObject({
      code: 'SHAPE_RUN_SIZES',
      message:
        "cnn › conv2d_1 › conv2d: the sizes of the inputs do not fit, got batch 1, h 2: the window does not fit, got height 2 with padding 0 + 0 for a window that spans 3.\nFix: pad the image (padding: 'same') or use a smaller window.",
    });
  });
});

describe(specializeEmpty, () => {
  it('keeps what is not empty, settles what is, and follows the rules in between', () => {
    const program = traceProgram('model', inputs, ({ x, w }) => {
      const rows = matmul(x, w);
      return {
        rows,
        highest: nameScope('top', () => reduceMax(rows, { axes: 0 })),
        mean: reduceMean(add(rows, 1)),
        joined: concat([reshape(x, [-1]), reshape(w, [-1])]),
        doubled: add(w, w),
      };
    });
    const specialized = specializeEmpty(program, { n: 0 });
    verifyProgram(specialized);
    expect(printProgram(specialized)).toBe(
      `program "model" (
  %0: float32[0, 3] = input x
  %1: float32[3, 2] = input w
) {
  %2: float32[0, 2] = constant <0 elements>  # matmul
  %3: float32[2] = constant <2 elements>  # top › reduceMax › constant
  %4: float32[] = constant NaN  # reduceMean › constant
  %5: float32[6] = reshape(%1, shape=[6])  # reshape
  %6: float32[6] = concat(%5, axis=0)  # concat › concat
  %7: float32[3, 2] = add(%1, %1)  # add
} -> (
  rows = %2
  highest = %3
  mean = %4
  joined = %6
  doubled = %7
)`,
    );
  });
});
