import { describe, expect, it } from 'vitest';
import { runForecast } from './forecast.ts';
import { drawSeries, naiveError, recipe } from './series.ts';

describe('a forecast', () => {
  it('is better than naive ones, and knows how sure it is', async () => {
    const command = { backend: 'onnxruntime-cpu', budget: 'small' } as const;
    const results = await runForecast(command, () => undefined);
    expect(results.error).toBeLessThan(0.8 * results.naive);
    expect(results.error).toBeLessThan(1.2 * results.least);
    // 800 hours of which nine tenths are to lie inside: four deviations of that share are 0.042.
    expect(Math.abs(results.coverage - 0.9)).toBeLessThan(0.042);
    expect(results.exportDifference).toBeLessThan(1e-5);
  }, 120_000);
});

describe('the series', () => {
  it('has the naive errors that its recipe says', () => {
    const series = drawSeries(40_000);
    const { amplitude, memory, noise, period } = recipe;
    const weather = noise ** 2 / (1 - memory ** 2);
    const day = amplitude ** 2 * (1 - Math.cos((2 * Math.PI) / period));
    const hourBefore = Math.sqrt(day + 2 * weather * (1 - memory));
    const dayBefore = Math.sqrt(2 * weather * (1 - memory ** period));
    expect(naiveError(series, 1, 100)).toBeCloseTo(hourBefore, 1);
    expect(naiveError(series, period, 100)).toBeCloseTo(dayBefore, 1);
  });
});
