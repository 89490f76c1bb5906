import type { Tensor } from '@etalon/compiler';
import { add, mul, reciprocal, reduceMean, sqrt, square, sub } from '@etalon/compiler';
import type { Tensors } from '../cases/case.ts';
import { part } from './parameters.ts';

/** That of the golden runs, a float32 number. */
const EPSILON = 2 ** -10;

/** Divides by a deviation, then scales and shifts by a layer's parameters. */
export function scaled(
  parameters: Tensors,
  name: string,
  centered: Tensor,
  variance: Tensor,
): Tensor {
  const factor = mul(reciprocal(sqrt(add(variance, EPSILON))), part(parameters, `${name}/gamma`));
  return add(mul(centered, factor), part(parameters, `${name}/beta`));
}

/** Normalizes the features of each place. */
export function layerNormalized(parameters: Tensors, name: string, x: Tensor): Tensor {
  const centered = sub(x, reduceMean(x, { axes: -1, keepDims: true }));
  const variance = reduceMean(square(centered), { axes: -1, keepDims: true });
  return scaled(parameters, name, centered, variance);
}
