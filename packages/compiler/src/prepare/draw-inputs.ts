import type { DimensionBindings, HostTensor } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import { evaluateShape } from '../dimension/index.ts';
import type { RandomInput, RandomNode } from '../passes/hoist-randomness.ts';
import type { RandomKey } from '../random/index.ts';
import {
  foldIn,
  foldInString,
  randomBernoulli,
  randomNormal,
  randomUniform,
} from '../random/index.ts';

/** What selects the draws of one run. */
export interface DrawOptions {
  /** Key of the run; needed when the program draws at random. */
  readonly key?: RandomKey;
  /** Indices of the iteration, such as the training step; default none. */
  readonly iteration?: readonly number[];
}

/** Makes the random inputs of one run: key, folded with the stream's name, folded with each index. */
export function drawInputs(
  where: string,
  draws: readonly RandomInput[],
  bindings: DimensionBindings,
  { key, iteration = [] }: DrawOptions,
): Readonly<Record<string, HostTensor>> {
  if (draws.length === 0) return {};
  if (key === undefined) {
    throw new AttributeError(
      'RANDOM_KEY_MISSING',
      `${where}: the program draws at random and no key was passed.\nFix: run(inputs, { key: randomKey(42) }).`,
    );
  }
  return Object.fromEntries(
    draws.map(({ name, node, shape }) => {
      const stream = foldInString(key, node.attributes.stream);
      return [name, draw(node, iteration.reduce(foldIn, stream), evaluateShape(shape, bindings))];
    }),
  );
}

function draw(node: RandomNode, key: RandomKey, shape: readonly number[]): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  switch (node.operator) {
    case 'randomUniform':
      return { dtype: 'float32', shape, data: randomUniform(key, count, node.attributes) };
    case 'randomNormal':
      return { dtype: 'float32', shape, data: randomNormal(key, count) };
    case 'randomBernoulli':
      return { dtype: 'bool', shape, data: randomBernoulli(key, count, node.attributes) };
  }
}
