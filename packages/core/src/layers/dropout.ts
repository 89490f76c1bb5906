import type { Tensor } from '@etalon/compiler';
import { mul, randomBernoulli, where } from '@etalon/compiler';
import type { Layer, LayerOptions, LayerScope } from './layer.ts';
import { requireShare } from './require-share.ts';
import { createTensorLayer } from './tensor-layer.ts';

/**
 * Returns a layer that, in training, sets each element to 0 with probability `rate` and multiplies the others by
 * `1 / (1 - rate)`; in inference it returns its input. The draw is the same on every backend. Keras `Dropout`;
 * Srivastava et al. 2014.
 *
 * @throws {AttributeError} when the rate is outside [0, 1).
 */
export function dropout(rate: number, options: LayerOptions = {}): Layer {
  requireShare(options.name ?? 'dropout', 'rate', rate);
  return createTensorLayer('dropout', options, (input, scope) => dropElements(input, rate, scope));
}

/** Does what {@link dropout} does inside another layer. */
export function dropElements(input: Tensor, rate: number, { mode }: LayerScope): Tensor {
  if (mode === 'infer' || rate === 0) return input;
  const keep = randomBernoulli(input.shape, { probability: 1 - rate });
  return where(keep, mul(input, 1 / (1 - rate)), 0);
}
