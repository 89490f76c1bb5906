import type { HostTensorOf } from '@etalon/core';
import { normal, randomKey } from '@etalon/core';

/** How the series is made: a day of 24 hours, and weather that lasts. */
export const recipe = {
  period: 24,
  amplitude: 3,
  /** Share of a deviation from the day's curve that is left an hour later. */
  memory: 0.8,
  /** Standard deviation of what nobody can know beforehand: the least error of any forecast of one hour. */
  noise: 0.5,
} as const;

/** Draws hours of the series, the same ones each time: `[hours, 1]`. */
export function drawSeries(hours: number): HostTensorOf<'float32'> {
  const noise = normal({ standardDeviation: recipe.noise }).sample(randomKey(11), [hours]);
  let weather = 0;
  const data = noise.map((surprise, hour) => {
    weather = recipe.memory * weather + surprise;
    return recipe.amplitude * Math.sin((2 * Math.PI * hour) / recipe.period) + weather;
  });
  return { dtype: 'float32', shape: [hours, 1], data: Float32Array.from(data) };
}

/** Root of the mean squared error of forecasts that repeat the value so many hours before, from `first` on. */
export function naiveError({ data }: HostTensorOf<'float32'>, lag: number, first: number): number {
  const errors = [...data].slice(first).map((value, at) => value - (data[first + at - lag] ?? 0));
  return Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
}
