import type { Tensor } from '@etalon/compiler';
import {
  add,
  cast,
  constant,
  gradient,
  matmul,
  mul,
  reduceSum,
  slice,
  square,
  step,
  stopGradient,
  straightThrough,
  sub,
  transpose,
} from '@etalon/compiler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomPrograms } from '../../../compiler/test/random-program.ts';
import { checkGradients } from './gradient-checks.ts';
import type { Function1 } from './slopes.ts';
import { close, evaluate, slopes } from './slopes.ts';

describe('graphs', () => {
  it('add up the uses of a shared expression', () => {
    expect(slopes((x) => add(x, x), [1, 2])).toEqual([2, 2]);
    const shared: Function1 = (x) => {
      const y = square(x);
      return add(y, mul(y, y));
    };
    expect(slopes(shared, [1, 2])).toEqual([2 + 4, 4 + 32]);
  });

  it('add up a matrix that meets itself', () => {
    const { slope, formula } = evaluate(({ w }) => ({
      slope: gradient((v: Tensor) => reduceSum(matmul(v, transpose(v))))(w),
      // d Σ (W·Wᵀ) = 2·(column sums of W) in every row
      formula: mul(2, add(mul(w, 0), reduceSum(w, { axes: 0, keepDims: true }))),
    }));
    expect(slope).toEqual(close(formula ?? []));
  });

  it('sum over the axes that an operand was stretched along', () => {
    const outputs = evaluate(({ x, w }) => {
      const parameters = { scalar: constant(2), row: constant([1, 2]), one: constant([[3]]) };
      const loss = (p: typeof parameters) => reduceSum(mul(mul(mul(w, p.scalar), p.row), p.one));
      return { x, ...gradient(loss)(parameters) };
    });
    // w is [[1, -1], [2, 0.5], [3, -2]]
    expect(outputs.scalar).toEqual(close([3 * (6 - 5)]));
    expect(outputs.row).toEqual(close([6 * 6, 6 * -2.5]));
    expect(outputs.one).toEqual(close([2 * (6 - 5)]));
  });

  it.each([4, 5])('put the elements of a slice with strides back, of %i', (count) => {
    const x = Array.from({ length: count }, (_, at) => at + 1);
    const taken: Function1 = (at) => square(slice(at, { starts: [1], strides: [2] }));
    expect(slopes(taken, x)).toEqual(x.map((at, index) => (index % 2 === 1 ? 2 * at : 0)));
    const first: Function1 = (at) => square(slice(at, { starts: [0], sizes: [2], strides: [2] }));
    expect(slopes(first, x)).toEqual(
      x.map((at, index) => (index === 0 || index === 2 ? 2 * at : 0)),
    );
  });

  it('pass the gradient of a cast to the same dtype, and cut it at any other', () => {
    expect(slopes((x) => cast(x, 'float32'), [1, 2])).toEqual([1, 1]);
    expect(slopes((x) => mul(x, cast(cast(x, 'int32'), 'float32')), [1.5, 2.5])).toEqual([1, 2]);
  });

  it('agree with central differences on random programs', () => {
    fc.assert(
      fc.property(
        randomPrograms({ operators: 'smooth', steps: 5 }),
        ({ declared, body, inputs }) => {
          const last = (symbols: Readonly<Record<string, Tensor>>): Tensor =>
            body(symbols).at(-1) ?? constant(0);
          checkGradients(declared, last, inputs, (count) => new Float32Array(count).fill(0.5));
        },
      ),
      { numRuns: 100, seed: 51 },
    );
  });
});

describe('stopGradient and straightThrough', () => {
  it('hold a value fixed', () => {
    expect(slopes((x) => mul(x, stopGradient(x)), [2, 3])).toEqual([2, 3]);
    expect(slopes((x) => stopGradient(mul(x, x)), [2, 3])).toEqual([0, 0]);
    expect(slopes((x) => mul(x, stopGradient(x)), [2, 3], 2)).toEqual([0, 0]);
  });

  it('let the gradient of a step through as if it were the identity', () => {
    expect(slopes((x) => mul(step(x), x), [-2, 3])).toEqual([-1, 1]);
    expect(slopes((x) => square(straightThrough(step)(x)), [-2, 3])).toEqual([-2, 2]);
    const { value } = evaluate(({ x }) => ({ value: straightThrough(step)(sub(x, 2)) }));
    expect(value).toEqual([-1, 1, 1]);
  });

  it('let it through the identity alone, not through the function', () => {
    const cubed = straightThrough((x) => mul(x, mul(x, x)));
    expect(slopes(cubed, [2, 3])).toEqual([1, 1]);
    expect(slopes(cubed, [2, 3], 2)).toEqual([0, 0]);
  });
});
