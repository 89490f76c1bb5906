import { describe, expect, it } from 'vitest';
import { runRegression } from './compare-optimizers.ts';
import { levelCurve, solve } from './line.ts';

describe('linear regression', () => {
  it('comes to the line of the normal equations, by every optimizer', async () => {
    const { results, plot } = await runRegression({ backend: 'onnxruntime-cpu', budget: 'small' });
    expect(Object.keys(results.optimizers)).toHaveLength(6);
    for (const { distance, above, path, exportDifference } of Object.values(results.optimizers)) {
      expect(path[0]).toEqual([-1.5, 2]);
      expect(distance).toBeLessThan(0.1);
      expect(above).toBeLessThan(0.02);
      expect(exportDifference).toBeLessThan(1e-6);
    }
    // Momentum and the plain gradient end in the lowest point, but for float32.
    expect(results.optimizers.sgd?.distance).toBeLessThan(1e-3);
    expect(plot).toMatch(/^<svg[\s\S]*<\/svg>$/);
    expect(plot).toContain('nesterov');
  }, 60_000);
});

describe('the surface of the loss', () => {
  const column = (numbers: readonly number[]) =>
    ({
      dtype: 'float32',
      shape: [numbers.length],
      data: Float32Array.from(numbers),
    }) as const;

  it('has its lowest point where points lie on a line', () => {
    const { best, lowest } = solve({ x: column([0, 1, 2]), y: column([1, 3, 5]) });
    expect(best.slope).toBeCloseTo(2, 12);
    expect(best.bias).toBeCloseTo(1, 12);
    expect(lowest).toBeCloseTo(0, 12);
  });

  it('is as high as asked on a level curve', () => {
    const [x, y] = [column([0, 1, 2, 4]), column([1, 0, 2, 2])];
    const surface = solve({ x, y });
    for (const { slope, bias } of levelCurve(surface, 0.7)) {
      const errors = [...x.data].map((value, at) => slope * value + bias - (y.data[at] ?? 0));
      const loss = errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length;
      expect(loss).toBeCloseTo(surface.lowest + 0.7, 10);
    }
  });
});
