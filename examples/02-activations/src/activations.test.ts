import { backendNames } from '@etalon/examples-shared';
import { describe, expect, it } from 'vitest';
import { runActivations } from './run-activations.ts';

describe.each(backendNames)('activation functions on %s', (backend) => {
  it('have the values and slopes of calculus, and fail in the two classic ways', async () => {
    const { curves, softmax, collapse, gradients } = await runActivations({ backend });
    expect(Object.keys(curves)).toEqual(['linear', 'sigmoid', 'tanh', 'relu', 'step']);
    for (const { error, exportDifference } of Object.values(curves)) {
      expect(error).toBeLessThan(1e-6);
      expect(exportDifference).toBeLessThan(1e-6);
    }
    [0.09003057, 0.24472847, 0.66524096].forEach((share, at) => {
      expect(softmax[at]).toBeCloseTo(share, 6);
    });
    expect(collapse).toBeLessThan(1e-6);
    // Each layer of sigmoids takes at least three quarters: its slope is at most 0.25.
    expect(gradients.sigmoid['16']).toBeLessThan(1e-6);
    expect(gradients.sigmoid['16']).toBeLessThan((gradients.sigmoid['8'] ?? 0) / 100);
    expect(gradients.relu['16']).toBeGreaterThan(0.1);
    expect(gradients.relu['1']).toBe(1);
  }, 60_000);
});
