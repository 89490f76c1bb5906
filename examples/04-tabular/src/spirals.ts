import { normal, randomKey, uniform } from '@etalon/core';
import { datasetFromTensors } from '@etalon/datasets';
import type { TabularDataset } from './perceptrons.ts';

/** How the spirals are made: two arms, each the other turned by half a turn, after Lang and Witbrock 1988. */
export const recipe = { turns: 2.5, noise: 0.02 } as const;

/** Draws points of two spirals inside the unit circle, as many of each: `features [count, 2]`, `label` 0 or 1. */
export function drawSpirals(count: number, seed: number): TabularDataset {
  const along = uniform({ low: 0, high: 1 }).sample(randomKey(seed), [count]);
  const noise = normal({ standardDeviation: recipe.noise }).sample(randomKey(seed + 1), [count, 2]);
  const features = new Float32Array(2 * count);
  const label = new Int32Array(count);
  for (const [at, share] of along.entries()) {
    const arm = at % 2;
    // The root spreads the points evenly along the arm.
    const distance = Math.sqrt(share);
    const angle = 2 * Math.PI * (recipe.turns * distance + arm / 2);
    features[2 * at] = distance * Math.cos(angle) + (noise[2 * at] ?? 0);
    features[2 * at + 1] = distance * Math.sin(angle) + (noise[2 * at + 1] ?? 0);
    label[at] = arm;
  }
  return datasetFromTensors({
    features: { dtype: 'float32', shape: [count, 2], data: features },
    label: { dtype: 'int32', shape: [count], data: label },
  });
}
