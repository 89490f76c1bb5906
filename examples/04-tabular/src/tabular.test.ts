import { describe, expect, it } from 'vitest';
import { perceptrons } from './perceptrons.ts';
import { drawSpirals, recipe } from './spirals.ts';
import { runTabular } from './tabular.ts';

describe('perceptrons on rows of numbers', () => {
  it('tell irises and spirals apart, which a linear network cannot', async () => {
    const command = { backend: 'onnxruntime-cpu', budget: 'small' } as const;
    const { results, surface } = await runTabular(command, () => undefined);
    const { irises, spirals } = results;
    expect(irises.mostFrequent).toBeLessThan(0.5);
    expect(irises.hidden.accuracy).toBeGreaterThan(0.9);
    const [linear, narrow, wide] = spirals;
    expect(linear?.accuracy).toBeLessThan(0.7);
    expect(wide?.accuracy).toBeGreaterThan(0.95);
    // Kernels and biases: 2 x 32, 32 x 32, 32 x 2.
    expect(wide?.parameters).toBe(2 * 32 + 32 + 32 * 32 + 32 + 32 * 2 + 2);
    expect(wide?.flops).toBeGreaterThan(narrow?.flops ?? Number.NaN);
    for (const { exportDifference } of [irises.linear, irises.hidden, ...spirals]) {
      expect(exportDifference).toBeLessThan(1e-5);
    }
    // Sure of both classes in many places.
    for (const isSure of [(shade: number) => shade > 240, (shade: number) => shade < 15]) {
      expect(surface.data.filter(isSure).length).toBeGreaterThan(surface.data.length / 10);
    }
  }, 60_000);
});

describe('spirals', () => {
  it('are two arms, each the other turned by half a turn', async () => {
    const points = drawSpirals(1000, 1);
    const { features, label } = await points.gather(
      Uint32Array.from({ length: 1000 }, (_, at) => at),
    );
    for (const [at, arm] of label.data.entries()) {
      const [x = 0, y = 0] = features.data.subarray(2 * at, 2 * at + 2);
      const distance = Math.hypot(x, y);
      const turned = 2 * Math.PI * (recipe.turns * distance + arm / 2);
      const aside = Math.hypot(x - distance * Math.cos(turned), y - distance * Math.sin(turned));
      // Noise away from the middle is noise along an arm that turns by so much over a distance of 1.
      const turning = 2 * Math.PI * recipe.turns * distance;
      expect(aside).toBeLessThan(4.5 * recipe.noise * Math.hypot(1, turning));
    }
    expect([...label.data].filter((arm) => arm === 1)).toHaveLength(500);
  });
});

describe('perceptrons', () => {
  it('are as many layers as they are deep, and one more', () => {
    const sizes = { features: 4, classes: 3, width: 5 };
    const paths = (depth: number) =>
      perceptrons('p', { ...sizes, depth }).variables.parameters.map(({ path }) => path);
    expect(paths(0)).toEqual(['dense_1/kernel', 'dense_1/bias']);
    expect(paths(2)).toHaveLength(6);
  });
});
