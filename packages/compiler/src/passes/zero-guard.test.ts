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
  scan,
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

describe('loops', () => {
  const loop = traceProgram(
    'model',
    { h: tensor('float32', ['n']), x: tensor('float32', ['time', 'n']) },
    ({ h, x }) =>
      scan(
        (state: Tensor, row: Tensor) => ({
          carried: add(state, row),
          stacked: slice(row, { starts: [2] }),
        }),
        { carried: h, stacked: x },
      ),
  );

  it('are empty where nothing is repeated, or a body has an empty value', () => {
    expect(checkSizes(loop, { time: 3, n: 5 })).toBe('positive');
    expect(checkSizes(loop, { time: 0, n: 5 })).toBe('empty');
    expect(checkSizes(loop, { time: 3, n: 2 })).toBe('empty');
  });

  it('refuse sizes that leave a node of the body too little, unless it never runs', () => {
    expect(caught(() => checkSizes(loop, { time: 3, n: 1 }))).toMatchObject({
      code: 'SHAPE_RUN_SIZES',
      message:
        'model › slice: the sizes of the inputs do not fit, got time 3, n 1: sizes must be an integer of at least 0, got -1.',
      details: { bindings: { time: 3, n: 1 } },
    });
    const carriedOnly = traceProgram('model', { h: tensor('float32', ['n']) }, ({ h }) => ({
      h: scan(
        (a: Tensor) => ({ carried: add(a, reduceSum(slice(a, { starts: [2] }))), stacked: {} }),
        {
          carried: h,
          length: {
            terms: [
              { coefficient: 1, factors: ['n'] },
              { coefficient: -1, factors: [] },
            ],
          },
        },
      ).carried,
    }));
    expect(checkSizes(carriedOnly, { n: 1 })).toBe('empty');
    expect(caught(() => checkSizes(carriedOnly, { n: 0 }))).toMatchObject({
      code: 'SHAPE_RUN_SIZES',
      message: expect.stringContaining('a size must be an integer of at least 0, got -1'),
    });
  });

  it('without iterations give back what they started from', () => {
    const special = specializeEmpty(loop, { time: 0, n: 5 });
    verifyProgram(special);
    expect(special.nodes).toEqual([]);
    expect(special.outputs[0]?.value).toBe(special.inputs[0]?.value);
    expect(special.constants.map(({ tensor: { shape } }) => shape)).toEqual([[0, 3]]);
  });

  it('are left with the operands and results that are not empty', () => {
    const special = specializeEmpty(loop, { time: 3, n: 2 });
    verifyProgram(special);
    expect(special.nodes.map(({ attributes }) => attributes)).toMatchObject([
      { length: 3, carried: 1, stacked: 1 },
    ]);
    expect(special.nodes[0]?.outputs).toHaveLength(1);
    expect(printProgram(special)).not.toContain('slice');
  });

  it('are rewritten inside, also two deep', () => {
    const nested = traceProgram(
      'model',
      { h: tensor('float32', [2]), x: tensor('float32', ['m', 2]) },
      ({ h, x }) => ({
        h: scan(
          (a: Tensor) => ({
            carried: scan(
              (b: Tensor, row: Tensor) => ({
                carried: add(b, add(row, reduceSum(x))),
                stacked: {},
              }),
              { carried: add(a, reduceSum(x)), stacked: x },
            ).carried,
            stacked: {},
          }),
          { carried: h, length: 2 },
        ).carried,
      }),
    );
    const special = specializeEmpty(nested, { m: 0 });
    verifyProgram(special);
    const text = printProgram(special);
    expect(text.match(/= scan/g)).toHaveLength(1);
    expect(text.split(') {')[1]).not.toMatch(/= reduceSum|\[0/);
  });
});
