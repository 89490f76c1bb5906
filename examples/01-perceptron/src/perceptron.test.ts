import { describe, expect, it } from 'vitest';
import { runPerceptron } from './compare.ts';
import { tables } from './tables.ts';

describe('a perceptron', () => {
  it('learns AND and OR, and needs a hidden layer for XOR', async () => {
    const { tables: results } = await runPerceptron({ backend: 'onnxruntime-cpu' });
    for (const table of ['and', 'or'] as const) {
      const { rule, gradient, hiddenLayer } = results[table];
      expect([rule.learned, gradient.learned, hiddenLayer.learned]).toEqual([true, true, true]);
      expect(gradient.answers).toEqual([...tables[table]]);
    }
    const { rule, gradient, hiddenLayer } = results.xor;
    expect([rule.learned, gradient.learned, hiddenLayer.learned]).toEqual([false, false, true]);
    // No line parts the table, so that each pass has an error.
    expect(Math.min(...rule.errors)).toBeGreaterThan(0);
    expect(hiddenLayer.answers).toEqual([-1, 1, 1, -1]);
    expect(hiddenLayer.exportDifference).toBe(0);
  });

  it('is moved by its rule as by hand', async () => {
    const { tables: results } = await runPerceptron({ backend: 'reference' });
    // Worked out on paper: from zeros, for 00, 01, 10 and 11 in turn.
    expect(results.and.rule).toEqual({
      epochs: 6,
      errors: [2, 3, 3, 2, 1, 0],
      weights: [2, 1, -3],
      learned: true,
    });
  });
});
