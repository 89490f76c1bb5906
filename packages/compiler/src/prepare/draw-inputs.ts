import type { HostTensor } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import type { DrawLevel, RandomInput, RandomNode } from '../passes/hoist-randomness.ts';
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
 * Makes the random inputs of one run: key, folded with the stream's name, folded with each index: those of the run,
 * then those of the loops around the draw.
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
    draws.map((input, at) => [
      input.name,
      drawAll(where, input, { key, iteration, shape: shapes[at] ?? [] }),
    ]),
  );
}

interface DrawScope {
  readonly key: RandomKey;
  readonly iteration: readonly number[];
  readonly shape: readonly number[];
}

// One draw for each combination of the indices of the loops around it, in row-major order.
function drawAll(
  where: string,
  { node, levels }: RandomInput,
  { key, iteration, shape }: DrawScope,
): HostTensor {
  const stream = foldInString(key, node.attributes.stream);
  const one = shape.slice(levels.length);
  if (levels.length === 0) return draw(node, keyOf(where, node, stream, iteration), one);
  const parts: HostTensor[] = [];
  const descend = (level: number, indices: readonly number[]): void => {
    const loop = levels[level];
    if (loop === undefined) {
      parts.push(draw(node, keyOf(where, node, stream, indices), one));
      return;
    }
    for (let index = 0; index < (shape[level] ?? 0); index++) {
      descend(level + 1, indicesAfter(where, node, loop, indices, index));
    }
  };
  descend(0, iteration);
  return stack(parts, node, shape);
}

function indicesAfter(
  where: string,
  node: RandomNode,
  { draws }: DrawLevel,
  indices: readonly number[],
  index: number,
): readonly number[] {
  if (draws === 'append') return [...indices, index];
  const last = indices.at(-1);
  if (last === undefined) throw noIteration(where, node, 'the steps of a loop');
  return [...indices.slice(0, -1), last + index];
}

function stack(
  parts: readonly HostTensor[],
  { operator }: RandomNode,
  shape: readonly number[],
): HostTensor {
  const length = parts[0]?.data.length ?? 0;
  if (operator === 'randomBernoulli') {
    const data = new Uint8Array(length * parts.length);
    parts.forEach((part, at) => {
      data.set(part.data, at * length);
    });
    return { dtype: 'bool', shape, data };
  }
  const data = new Float32Array(length * parts.length);
  parts.forEach((part, at) => {
    data.set(part.data, at * length);
  });
  return { dtype: 'float32', shape, data };
}

function keyOf(
  where: string,
  node: RandomNode,
  stream: RandomKey,
  iteration: readonly number[],
): RandomKey {
  const { iterationOffset = 0 } = node.attributes;
  const last = iteration.length - 1;
  if (iterationOffset !== 0 && last < 0) {
    throw noIteration(where, node, `iteration +${iterationOffset}`);
  }
  return iteration.reduce(
    (folded, index, level) => foldIn(folded, level === last ? index + iterationOffset : index),
    stream,
  );
}

function noIteration(where: string, node: RandomNode, what: string): AttributeError {
  return new AttributeError(
    'RANDOM_ITERATION_MISSING',
    `${where}: a draw is for ${what} and no iteration was passed, got stream ${JSON.stringify(node.attributes.stream)}.\nFix: run(inputs, { key, iteration: [step] }).`,
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
