import type { Shape } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import type { Tensor } from '../index.ts';
import {
  concat,
  expand,
  formatShape,
  formatType,
  pad,
  reshape,
  slice,
  swapLastAxes,
  tensor,
  traceProgram,
} from '../index.ts';

const inputs = {
  x: tensor('float32', ['n', 3, 4]),
  s: tensor('float32', []),
  v: tensor('float32', ['n']),
};
type Symbols = { readonly [K in keyof typeof inputs]: Tensor };

function typeOf(body: (symbols: Symbols) => Tensor): string {
  let type = '';
  traceProgram('model', inputs, (symbols) => {
    const y = body(symbols);
    type = formatType(y);
    return { y };
  });
  return type;
}

describe(reshape, () => {
  it.each<[Shape, string]>([
    [[-1], 'float32[12·n]'],
    [['n', -1], 'float32[n, 12]'],
    [[-1, 6], 'float32[2·n, 6]'],
    [[2, -1, 'n'], 'float32[2, 6, n]'],
    [['n', 3, 4], 'float32[n, 3, 4]'],
  ])('to %j infers the size of -1', (shape, type) => {
    expect(typeOf(({ x }) => reshape(x, shape))).toBe(type);
  });

  it.each<[Shape]>([[[-1, -1]], [[-1, 5]], [[-1, 'm']], [[-1, 0]], [[8, -1]]])(
    'to %j is refused, for -1 has no size',
    (shape) => {
      expect(caught(() => typeOf(({ x }) => reshape(x, shape)))).toMatchObject({
        name: 'ShapeError',
        code: 'SHAPE_RESHAPE_INFER',
        message: `reshape: no size for -1 turns float32[n, 3, 4] into ${formatShape(shape)}.\nExpected one -1 and a product of the other sizes that divides the number of elements.`,
      });
    },
  );

  it('to the same shape is the tensor itself', () => {
    traceProgram('model', inputs, ({ x, v }) => {
      expect(reshape(x, ['n', 3, 4])).toBe(x);
      expect(expand(x, ['n', 3, 4])).toBe(x);
      expect(pad(v, { before: [0], after: [0] })).toBe(v);
      return {};
    });
  });
});

describe(slice, () => {
  it('takes all from the start on, as far as the strides reach', () => {
    expect(typeOf(({ x }) => slice(x, { starts: [1, 1, 0] }))).toBe('float32[n−1, 2, 4]');
    expect(typeOf(({ x }) => slice(x, { starts: [0, 0, 1], strides: [2, 2, 2] }))).toBe(
      'float32[⌊(n+1)/2⌋, 2, 2]',
    );
    expect(typeOf(({ x }) => slice(x, { starts: [0, 3, 0] }))).toBe('float32[n, 0, 4]');
  });

  it.each<[readonly number[], string]>([
    [[0, 1, 1], 'slice: strides must be an integer of at least 1, got 0.'],
    [[1, 1.5, 1], 'slice: strides must be an integer of at least 1, got 1.5.'],
  ])('refuses the strides %j', (strides, message) => {
    expect(caught(() => typeOf(({ x }) => slice(x, { starts: [0, 0, 0], strides })))).toMatchObject(
      { code: 'ATTRIBUTE_INTEGER', message },
    );
  });

  it('refuses a start past the end', () => {
    expect(caught(() => typeOf(({ x }) => slice(x, { starts: [0, 5, 0] })))).toMatchObject({
      code: 'ATTRIBUTE_INTEGER',
      message: 'slice: sizes must be an integer of at least 0, got -2.',
    });
  });
});

describe(concat, () => {
  it('needs an operand', () => {
    expect(caught(() => typeOf(() => concat([])))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_CONCAT_NONE',
      message: 'concat: at least one operand is needed, got none.',
    });
  });
});

describe(swapLastAxes, () => {
  it('transposes matrices', () => {
    expect(typeOf(({ x }) => swapLastAxes(x))).toBe('float32[n, 4, 3]');
  });

  it('needs matrices', () => {
    expect(caught(() => typeOf(({ v }) => swapLastAxes(v)))).toMatchObject({
      code: 'ATTRIBUTE_AXIS',
      message: 'transpose: axis -2 is out of range for float32[n] (rank 1).\nExpected -1 … 0.',
    });
  });
});
