import type { Tensor } from '@etalon/compiler';
import {
  abs,
  add,
  cast,
  clamp,
  constant,
  div,
  exp,
  gradient,
  log,
  logSoftmax,
  max,
  mul,
  pow,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  sin,
  slice,
  softmax,
  sqrt,
  square,
  sub,
  transpose,
  where,
} from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import type { Function1 } from './slopes.ts';
import { close, evaluate, slopes } from './slopes.ts';

describe('closed forms', () => {
  const x = [-1.5, -0.25, 0.5, 2];

  it('of a cube, up to the third order', () => {
    const cube: Function1 = (at) => mul(at, square(at));
    expect(slopes(cube, x)).toEqual(close(x.map((at) => 3 * at ** 2)));
    expect(slopes(cube, x, 2)).toEqual(close(x.map((at) => 6 * at)));
    expect(slopes(cube, x, 3)).toEqual([6, 6, 6, 6]);
    expect(slopes(cube, x, 4)).toEqual([0, 0, 0, 0]);
  });

  it('of sin and exp, up to the fourth order', () => {
    const wave: Function1 = (at) => add(sin(at), exp(at));
    expect(slopes(wave, x, 4)).toEqual(close(x.map((at) => Math.sin(at) + Math.exp(at))));
  });

  it('of log Σ exp, which is softmax', () => {
    const { slope, soft } = evaluate(({ x: at }) => ({
      slope: gradient((v: Tensor) => log(reduceSum(exp(v))))(at),
      soft: softmax(at),
    }));
    expect(slope).toEqual(close(soft ?? []));
  });

  it('of cross entropy, which is the probability less the label', () => {
    const { slope, difference } = evaluate(({ w }) => {
      const label = constant([1, 0]);
      const loss = (v: Tensor) => sub(0, reduceSum(mul(label, logSoftmax(v))));
      return { slope: gradient(loss)(w), difference: sub(softmax(w), label) };
    });
    expect(slope).toEqual(close(difference ?? []));
  });

  it('of least squares, which is 2/n · Xᵀ(Xw - y)', () => {
    const { slope, formula } = evaluate(({ x: at, w: matrix }) => {
      const targets = square(at);
      const residual = (v: Tensor) => sub(reduceSum(mul(matrix, v), { axes: 1 }), targets);
      const weights = slice(at, { starts: [0], sizes: [2] });
      return {
        slope: gradient((v: Tensor) => reduceMean(square(residual(v))))(weights),
        formula: div(reduceSum(mul(transpose(matrix), residual(weights)), { axes: 1 }), 1.5),
      };
    });
    expect(slope).toEqual(close(formula ?? []));
  });

  it('of a power, also where the base or the exponent is 0', () => {
    const power =
      (exponent: number): Function1 =>
      (at) =>
        pow(at, exponent);
    expect(slopes(power(2), [-2, 0, 3])).toEqual([-4, 0, 6]);
    expect(slopes(power(2), [-2, 0, 3], 2)).toEqual([2, 2, 2]);
    expect(slopes(power(3), [-2, 0, 3])).toEqual([12, 0, 27]);
    expect(slopes(power(1), [-2, 0, 3])).toEqual([1, 1, 1]);
    expect(slopes(power(0), [-2, 0, 3])).toEqual([0, 0, 0]);
    expect(slopes((at) => pow(0, at), [1, 2])).toEqual([0, 0]);
    expect(slopes((at) => pow(2, at), [0, 1])).toEqual(close([Math.log(2), 2 * Math.log(2)]));
  });
});

describe('kinks', () => {
  it('share the gradient of a maximum among those that attain it', () => {
    expect(slopes((x) => max(x, 0), [-1, 0, 2])).toEqual([0, 0.5, 1]);
    expect(slopes((x) => max(x, x), [-1, 0, 2])).toEqual([1, 1, 1]);
    expect(slopes((x) => reduceMax(x), [3, 1, 3])).toEqual([0.5, 0, 0.5]);
  });

  it('take the middle or the left where fields agree on it', () => {
    expect(slopes(relu, [-1, 0, 2])).toEqual([0, 0, 1]);
    expect(slopes(abs, [-1, 0, 2])).toEqual([-1, 0, 1]);
    expect(slopes((x) => clamp(x, -1, 1), [-2, 0, 2])).toEqual([0, 1, 0]);
  });

  it('do not let the branch that was not taken leak', () => {
    const safe: Function1 = (x) => {
      const positive = sub(x, 0);
      const inside = where(isPositive(positive), positive, 1);
      return where(isPositive(positive), sqrt(inside), 0);
    };
    expect(slopes(safe, [-1, 0, 4])).toEqual([0, 0, 0.25]);
  });
});

function isPositive(x: Tensor): Tensor {
  return cast(relu(x), 'bool');
}
