import type { HostTensor } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
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
  readonly key?: RandomKey | undefined;
  /** Indices of the iteration, such as the training step; default none. */
  readonly iteration?: readonly number[] | undefined;
}

/**
 * Makes the random inputs of one run: key, folded with the stream's name, folded with each index.
 *
 * @param shapes - the shape of each draw.
 * @throws {AttributeError} when the key is missing, or the iteration where a draw is for a later one.
 */
export function drawInputs(
  where: string,
  draws: readonly RandomInput[],
  shapes: readonly (readonly number[])[],
  { key, iteration = [] }: DrawOptions,
): Readonly<Record<string, HostTensor>> {
  if (key === undefined) {
    throw new AttributeError(
      'RANDOM_KEY_MISSING',
      `${where}: the program draws at random and no key was passed, got draws ${JSON.stringify(draws.slice(0, 8).map(({ node }) => node.attributes.stream))}.\nFix: run(inputs, { key: randomKey(42) }).`,
    );
  }
  return Object.fromEntries(
    draws.map(({ name, node }, at) => {
      const drawKey = keyOf(where, node, key, iteration);
      return [name, draw(node, drawKey, shapes[at] ?? [])];
    }),
  );
}

function keyOf(
  where: string,
  { attributes: { stream, iterationOffset = 0 } }: RandomNode,
  key: RandomKey,
  iteration: readonly number[],
): RandomKey {
  const last = iteration.length - 1;
  if (iterationOffset !== 0 && last < 0) {
    throw new AttributeError(
      'RANDOM_ITERATION_MISSING',
      `${where}: a draw is for iteration +${iterationOffset} and no iteration was passed, got stream ${JSON.stringify(stream)}.\nFix: run(inputs, { key, iteration: [step] }).`,
    );
  }
  return iteration.reduce(
    (folded, index, level) => foldIn(folded, level === last ? index + iterationOffset : index),
    foldInString(key, stream),
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
