import type { Tensor } from '@etalon/compiler';
import { tensor, traceProgram } from '@etalon/compiler';
import { evaluateWithBounds } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { decayedSum, decayedSumOfSquares, decayOf } from './decayed-sum.ts';

const scalar = (value: number) =>
  ({ dtype: 'float32', shape: [], data: Float64Array.of(value) }) as const;

function evaluate(
  rule: (sum: Tensor, value: Tensor, decay: number) => Tensor,
  [sum, value, decay]: readonly [number, number, number],
) {
  const types = { sum: tensor('float32', []), value: tensor('float32', []) };
  const program = traceProgram('sum', types, (inputs) => ({
    result: rule(inputs.sum, inputs.value, decay),
  }));
  const inputs = { sum: scalar(sum), value: scalar(value) };
  const { result } = evaluateWithBounds(program, inputs, { precision: 'cpu' });
  return { result: result?.data[0] ?? Number.NaN, bound: result?.bound[0] ?? Number.NaN };
}

describe.each([0, 0.25, 0.9, 0.999, 0.999999])('with a decay of %d', (decay) => {
  it.each([
    [2, 5],
    [1e6, 1],
    [1, 1e6],
    [0, 3],
    [4, 0],
    [-1, -1e-4],
  ])('%d and %d add up', (sum, value) => {
    for (const [rule, expected] of [
      [decayedSum, decay * sum + value],
      [decayedSumOfSquares, decay * sum + value ** 2],
    ] as const) {
      const { result, bound } = evaluate(rule, [sum, value, decay]);
      // the decay is rounded to float32, 6e-8 of it; 2^-100 is added to squares
      expect(Math.abs(result - expected)).toBeLessThanOrEqual(
        1e-7 * Math.abs(expected) + 2 ** -100,
      );
      // of decay · sum and the value, when they nearly cancel
      expect(bound).toBeLessThanOrEqual(
        1e-6 * (Math.abs(decay * sum) + Math.abs(expected)) + 2 ** -99,
      );
    }
  });
});

// That sums of gradients become zero is for an engine in float32 to show: @etalon/onnxruntime, subnormal-averages.test.ts.
it('a sum of squares stays above zero', () => {
  expect(evaluate(decayedSumOfSquares, [0, 0, 0.9]).result).toBe(2 ** -100);
});

describe(decayOf, () => {
  it('is the float32 next to a decay, below 1', () => {
    expect(decayOf(0)).toBe(0);
    expect(decayOf(0.999)).toBe(Math.fround(0.999));
    expect(Math.fround(1 - 1e-9)).toBe(1);
    expect(decayOf(1 - 1e-9)).toBe(1 - 2 ** -24);
  });
});
