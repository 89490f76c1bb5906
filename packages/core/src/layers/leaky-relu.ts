import { leakyRelu } from '@etalon/compiler';
import { requireFinite } from '../initializers/options.ts';
import type { Layer, LayerOptions } from './layer.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of `leakyReluLayer`. */
export interface LeakyReluOptions extends LayerOptions {
  /** Default 0.3. */
  readonly negativeSlope?: number;
}

/**
 * Returns a layer that multiplies negative elements by a slope; `leakyRelu` is the function of a tensor. Keras `LeakyReLU`;
 * Maas et al. 2013.
 *
 * @throws {AttributeError} when the slope is not finite.
 */
export function leakyReluLayer(options: LeakyReluOptions = {}): Layer {
  const { negativeSlope: alpha = 0.3 } = options;
  requireFinite(options.name ?? 'leakyRelu', 'negativeSlope', alpha);
  return createTensorLayer('leakyRelu', options, (x) => leakyRelu(x, { alpha }));
}
