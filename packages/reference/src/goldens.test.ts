import { describe, expect, it } from 'vitest';
import type { GoldenCase } from '../test/goldens.ts';
import { goldens, numbersOf, operandOf } from '../test/goldens.ts';
import { singleOperatorProgram } from '../test/programs.ts';
import { evaluateProgram } from './evaluate-program.ts';
import { evaluateWithBounds } from './evaluate-with-bounds.ts';
import { isWithinBound } from './is-within-bound.ts';

// Both sides compute in float64; sums of up to 3,000 terms in another order.
const RELATIVE = 1e-13;

function evaluate({ operator, inputs, attributes, output }: GoldenCase) {
  const program = singleOperatorProgram(operator, inputs, attributes, output);
  const operands = Object.fromEntries(inputs.map((input, i) => [String(i), operandOf(input)]));
  return { program, operands };
}

describe('evaluateProgram', () => {
  it.each(goldens.cases)('agrees with PyTorch, NumPy: $name', (golden) => {
    const { program, operands } = evaluate(golden);
    const actual = evaluateProgram(program, operands).y;
    const expected = numbersOf(golden.output.data);
    const scale = expected.filter(Number.isFinite).reduce((a, x) => Math.max(a, Math.abs(x)), 0);
    expect(actual?.data.length).toBe(expected.length);
    expected.forEach((value, i) => {
      const received = actual?.data[i] as number;
      if (Number.isFinite(value)) {
        // functions relative to the result, sums relative to the largest element
        const tolerance = RELATIVE * Math.max(Math.abs(value), isSum(golden) ? scale : 0);
        expect(
          Math.abs(received - value),
          `element ${i}: ${received} for ${value}`,
        ).toBeLessThanOrEqual(tolerance);
      } else {
        expect(received, `element ${i}`).toBe(value);
      }
    });
  });
});

function isSum({ operator }: GoldenCase): boolean {
  return /conv|matmul|Sum|Mean|average|scatter|maxPool2dGradient|ogSoftmax/.test(operator);
}

describe('evaluateWithBounds', () => {
  const inFloat32 = goldens.cases.filter((golden) => golden.float32 !== undefined);

  it.each(inFloat32)('holds what PyTorch, NumPy compute in float32: $name', (golden) => {
    const { program, operands } = evaluate(golden);
    const actual = evaluateWithBounds(program, operands, { precision: 'cpu' }).y;
    numbersOf(golden.float32 ?? []).forEach((value, i) => {
      const received = Math.fround(value);
      const expected = actual?.data[i] as number;
      const bound = actual?.bound[i] as number;
      expect(bound, `element ${i} is checked`).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(
        isWithinBound(received, expected, bound),
        `element ${i}: ${received} for ${expected} ± ${bound}`,
      ).toBe(true);
    });
  });
});
