import type { Tensor } from '@etalon/compiler';
import {
  add,
  clamp,
  div,
  flattenTree,
  isTensor,
  mapTree,
  max,
  mul,
  nameScope,
  reduceSum,
  sqrt,
  square,
} from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';
import { outOfRange } from './options.ts';

/**
 * Returns gradients whose elements lie in `[-limit, limit]`. Keras `clipvalue`; optax `clip`.
 *
 * @param gradients - tensor or tree of float32 tensors.
 * @throws {AttributeError} `OPTION_RANGE` unless the limit is a positive number.
 */
export function clipByValue<G>(gradients: G, limit: number): G {
  requirePositive('clipByValue', 'limit', limit);
  return mapTree(gradients, isTensor, (gradient) => clamp(gradient, -limit, limit)) as G;
}

/**
 * Returns gradients, each of which is scaled down to the norm `maxNorm` where its own is larger. Keras `clipnorm`.
 *
 * @param gradients - tensor or tree of float32 tensors.
 * @throws {AttributeError} `OPTION_RANGE` unless the norm is a positive number.
 */
export function clipByNorm<G>(gradients: G, maxNorm: number): G {
  requirePositive('clipByNorm', 'maxNorm', maxNorm);
  return mapTree(gradients, isTensor, (gradient) =>
    nameScope('clipByNorm', () => scaledTo(gradient, reduceSum(square(gradient)), maxNorm)),
  ) as G;
}

/**
 * Returns gradients that are scaled down together where the norm of them all, as one vector, is larger than `maxNorm`; so their
 * direction stays. Keras `global_clipnorm`; optax `clip_by_global_norm`; PyTorch `clip_grad_norm_`, which adds 1e-6 to the norm.
 *
 * @param gradients - tree of float32 tensors, at least one.
 * @throws {AttributeError} `OPTION_RANGE` unless the norm is a positive number.
 * @see Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks"
 *
 * @example
 * const trainer = await createTrainer(model, { …, transformGradients: (g) => clipByGlobalNorm(g, 1) });
 */
export function clipByGlobalNorm<G>(gradients: G, maxNorm: number): G {
  const where = 'clipByGlobalNorm';
  requirePositive(where, 'maxNorm', maxNorm);
  const [first, ...rest] = flattenTree(gradients, isTensor).map(([, gradient]) => gradient);
  if (first === undefined) {
    throw new AttributeError('OPTION_COUNT', `${where}: there must be a gradient, got none.`);
  }
  return nameScope(where, () => {
    const sumOf = (gradient: Tensor): Tensor => reduceSum(square(gradient));
    const total = rest.reduce((sum, gradient) => add(sum, sumOf(gradient)), sumOf(first));
    return mapTree(gradients, isTensor, (gradient) => scaledTo(gradient, total, maxNorm));
  }) as G;
}

// The divisor is at least the largest norm allowed: zero gradients stay zero, and smaller ones are multiplied by exactly 1.
function scaledTo(gradient: Tensor, sumOfSquares: Tensor, maxNorm: number): Tensor {
  return mul(gradient, div(maxNorm, max(sqrt(sumOfSquares), maxNorm)));
}

function requirePositive(where: string, option: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw outOfRange(where, option, value, 'a positive number');
}
