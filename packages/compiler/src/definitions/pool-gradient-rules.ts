import type { NoAttributes, ReductionAttributes } from '@etalon/spec';
import { shapesEqual } from '../dimension/index.ts';
import { greater, where } from '../operators/elementwise.ts';
import { maxPool2d, maxPool2dGradient } from '../operators/pooling-emit.ts';
import { reduceSum } from '../operators/reduction.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { SimplifyContext } from './definition.ts';

/**
 * Masks the gradient of a pool before it is spread over the image: `where(image > 0, maxPool2dGradient(image, g), 0)`
 * becomes `maxPool2dGradient(image, where(maxPool2d(image) > 0, g, 0))`. A place receives something only where it is its window's
 * maximum, so that it is above zero where its maximum is. The backward pass of a ReLU before a pool, on as many elements as
 * the pool has results.
 */
export function maskPooledGradient({
  inputs: [condition, spread, otherwise],
  output,
  producer,
  scalarOf,
}: SimplifyContext<3, NoAttributes>): Tensor | undefined {
  const pool = producer(spread);
  const test = producer(condition);
  if (pool?.node.operator !== 'maxPool2dGradient' || test?.node.operator !== 'greater') return;
  const [image, gradient] = pool.inputs;
  const [tested, limit] = test.inputs;
  if (image === undefined || gradient === undefined || limit === undefined) return;
  if (tested?.['~trace'].id !== image['~trace'].id) return;
  if (scalarOf(limit) !== 0 || !Object.is(scalarOf(otherwise), 0)) return;
  if (!shapesEqual(spread.shape, output.shape)) return;
  const { attributes } = pool.node;
  const isAboveZero = greater(maxPool2d(image, attributes), limit);
  return maxPool2dGradient(image, where(isAboveZero, gradient, otherwise), attributes);
}

/**
 * Sums the gradient of a pool before it is spread over the image: each window hands its gradient to one place. The backward pass of
 * a bias before a pool.
 */
export function sumPooledGradient({
  inputs: [spread],
  attributes: { axes, keepDims },
  producer,
}: SimplifyContext<1, ReductionAttributes>): Tensor | undefined {
  const pool = producer(spread);
  const gradient = pool?.inputs[1];
  if (pool?.node.operator !== 'maxPool2dGradient' || gradient === undefined) return undefined;
  const coversImage = axes.includes(1) && axes.includes(2);
  return coversImage ? reduceSum(gradient, { axes, keepDims }) : undefined;
}
