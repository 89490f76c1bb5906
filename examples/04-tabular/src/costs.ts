import type { BackendV1, HostTensor, Variables } from '@etalon/core';
import type { Learned, LearnOptions } from './learn.ts';
import { learn } from './learn.ts';
import type { Perceptrons } from './perceptrons.ts';
import { perceptrons } from './perceptrons.ts';

/** Figures of a network of some width and depth. */
export interface Cost extends Learned {
  readonly width: number;
  readonly depth: number;
}

/** Every network that was tried, and the one that found most. */
export interface Costs {
  readonly costs: readonly Cost[];
  readonly best: { readonly model: Perceptrons; readonly variables: Variables<HostTensor> };
}

/** Trains networks of every width and depth for as many steps. */
export async function compareSizes(
  backend: BackendV1,
  sizes: readonly (readonly [width: number, depth: number])[],
  options: LearnOptions & { readonly print: (line: string) => void },
): Promise<Costs> {
  const found: (Costs['best'] & { readonly cost: Cost })[] = [];
  for (const [width, depth] of sizes) {
    const name = `spirals_${width}_${depth}`;
    const model = perceptrons(name, { features: 2, classes: 2, width, depth });
    const { result, variables } = await learn(backend, model, options);
    options.print(`${depth} x ${width}: ${(100 * result.accuracy).toFixed(1)} %`);
    found.push({ cost: { width, depth, ...result }, model, variables });
  }
  const costs = found.map(({ cost }) => cost);
  const highest = Math.max(...costs.map(({ accuracy }) => accuracy));
  const best = found.find(({ cost }) => cost.accuracy === highest);
  if (best === undefined) throw new RangeError('compareSizes: there must be sizes to compare');
  return { costs, best };
}
