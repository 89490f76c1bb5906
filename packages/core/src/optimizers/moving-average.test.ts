import { tensor, traceProgram } from '@etalon/compiler';
import { evaluateWithBounds } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { movingAverage } from './moving-average.ts';

const scalar = (value: number) =>
  ({ dtype: 'float32', shape: [], data: Float64Array.of(value) }) as const;

function evaluate(average: number, value: number, decay: number) {
  const types = { average: tensor('float32', []), value: tensor('float32', []) };
  const program = traceProgram('average', types, (inputs) => ({
    result: movingAverage(inputs.average, inputs.value, decay),
  }));
  const inputs = { average: scalar(average), value: scalar(value) };
  const { result } = evaluateWithBounds(program, inputs, { precision: 'cpu' });
  return { result: result?.data[0] ?? Number.NaN, bound: result?.bound[0] ?? Number.NaN };
}

describe('movingAverage', () => {
  it.each([0, 0.25, 0.5, 0.75, 0.9, 0.999, 0.999999])('weighs past and present (%d)', (decay) => {
    for (const [average, value] of [
      [2, 5],
      [1e6, 1],
      [1, 1e6],
      [0, 3],
      [4, 0],
      [-1, -1e-4],
    ] as const) {
      const { result, bound } = evaluate(average, value, decay);
      const expected = decay * average + (1 - decay) * value;
      // the weight is rounded to float32, 6e-8 of its share
      expect(Math.abs(result - expected)).toBeLessThanOrEqual(2e-7 * Math.abs(expected));
      expect(bound).toBeLessThanOrEqual(1e-6 * Math.abs(expected));
    }
  });

  it.each([0, 0.3, 0.9, 0.999])('keeps a constant as it is (%d)', (decay) => {
    expect(evaluate(9, 9, decay).result).toBe(9);
  });
});
