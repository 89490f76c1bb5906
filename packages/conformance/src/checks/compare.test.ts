import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostTensor } from '../cases/host-tensor.ts';
import { compareTensor } from './compare.ts';
import type { ExpectedTensor } from './expectation.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

function expected(data: readonly number[], budget: number, shape = [data.length]): ExpectedTensor {
  const source = 'a test';
  return { source, dtype: 'float32', shape, data, budget: data.map(() => budget) };
}

function floats(data: readonly number[], shape = [data.length]) {
  return hostTensor('float32', shape, data);
}

describe('compareTensor', () => {
  it('accepts differences up to the budget and no further', () => {
    expect(compareTensor(floats([1.25, 2]), expected([1, 2], 0.25))).toBeUndefined();
    expect(compareTensor(floats([1.25, 2]), expected([1, 2], 0.2))).toContain(
      '1 of 2 elements differ',
    );
  });

  it('lets NaN agree with NaN alone', () => {
    expect(compareTensor(floats([nan]), expected([nan], 0))).toBeUndefined();
    for (const value of [0, infinity, -infinity, 1e30]) {
      expect(compareTensor(floats([value]), expected([nan], 1e30))).toBeDefined();
      expect(compareTensor(floats([nan]), expected([value], 1e30))).toBeDefined();
    }
  });

  it('minds the sign of an infinity', () => {
    expect(compareTensor(floats([infinity]), expected([infinity], 0))).toBeUndefined();
    expect(compareTensor(floats([-infinity]), expected([infinity], 1e30))).toBeDefined();
    expect(compareTensor(floats([3e38]), expected([infinity], 1e30))).toBeDefined();
    expect(compareTensor(floats([infinity]), expected([1], 1e30))).toBeDefined();
  });

  it('takes what float32 cannot hold for an infinity', () => {
    expect(compareTensor(floats([infinity]), expected([1e39], 0))).toBeUndefined();
  });

  it('names the worst element by its place, both numbers and the budget', () => {
    const message = compareTensor(
      floats([0, 1.5, 0, 0, 0, 9], [2, 3]),
      expected([0, 1, 0, 0, 0, 1], 0.25, [2, 3]),
    );
    expect(message).toBe(
      '2 of 6 elements differ.\nWorst at [1, 2]: got 9, expected 1, |Δ| 8.00e+0 > budget 2.50e-1.',
    );
  });

  it('takes a NaN out of place for the worst element', () => {
    expect(compareTensor(floats([5, nan]), expected([1, 1], 0))).toContain(
      'Worst at [1]: got NaN, expected 1.',
    );
  });

  it('multiplies budgets by the factor', () => {
    expect(compareTensor(floats([1.5]), expected([1], 0.25), 2)).toBeUndefined();
    expect(compareTensor(floats([1.5]), expected([1], 0.25), 1.9)).toBeDefined();
  });

  it('minds dtype, shape, kind of array and length', () => {
    const wanted = expected([1, 2], 9);
    expect(compareTensor(hostTensor('int32', [2], [1, 2]), wanted)).toContain('got int32[2]');
    expect(compareTensor(floats([1, 2], [1, 2]), wanted)).toContain('Expected float32[2]');
    expect(compareTensor(floats([1, 2, 3], [2]), wanted)).toContain('length 3');
    const wrongArray = { ...floats([1, 2]), data: new Int32Array(2) };
    expect(compareTensor(wrongArray as unknown as ReturnType<typeof floats>, wanted)).toContain(
      'Int32Array',
    );
  });

  it('accepts a tensor exactly when every finite element is within its budget', () => {
    const element = fc.tuple(
      fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
      fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
      fc.double({ noNaN: true, min: 0, max: 2e6 }),
    );
    fc.assert(
      fc.property(fc.array(element, { maxLength: 8 }), (elements) => {
        const wanted: ExpectedTensor = {
          source: 'a property',
          dtype: 'float32',
          shape: [elements.length],
          data: elements.map(([, x]) => x),
          budget: elements.map(([, , budget]) => budget),
        };
        const difference = compareTensor(floats(elements.map(([x]) => x)), wanted);
        const within = elements.every(([got, x, budget]) => Math.abs(got - x) <= budget);
        expect(difference === undefined).toBe(within);
      }),
    );
  });

  it('compares nothing with nothing', () => {
    expect(compareTensor(floats([], [0, 2]), expected([], 0, [0, 2]))).toBeUndefined();
  });
});
