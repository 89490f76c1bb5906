import type { Tensor } from '@etalon/compiler';
import { reduceMean, square, sub } from '@etalon/compiler';
import type { Layer, LayerScope } from './layer.ts';
import type { NormalizationOptions } from './normalize.ts';
import { alongAxes, resolveEpsilon, resolveLayerAxes, scaleAndShift } from './normalize.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of `layerNormalization`. */
export interface LayerNormalizationOptions extends NormalizationOptions {
  /** Axis or axes that are normalized together, negative from the end; default the last. */
  readonly axis?: number | readonly number[];
}

/**
 * Returns a layer that gives each example mean 0 and variance 1 along its features, then scales and shifts them:
 * `(x - mean) / sqrt(variance + epsilon) · gamma + beta`. Variables, of the normalized axes' shape: `gamma`, `beta`.
 * Keras `LayerNormalization`; Ba et al. 2016.
 *
 * The variance is the mean square of what is left without the mean, so that features far from 0 lose no digits to it.
 *
 * @throws {AttributeError} when epsilon is negative, or (in the model) an axis is out of range.
 * @throws {ShapeError} (in the model) when a normalized axis has no fixed size.
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  const { axis = -1 } = options;
  const epsilon = resolveEpsilon(options.name ?? 'layerNormalization', options);
  return createTensorLayer('layerNormalization', options, (x, scope) =>
    normalizeFeatures(x, typeof axis === 'number' ? [axis] : axis, { ...options, epsilon }, scope),
  );
}

/** Does what {@link layerNormalization} does inside another layer. */
export function normalizeFeatures(
  x: Tensor,
  given: readonly number[],
  options: NormalizationOptions & { readonly epsilon: number },
  scope: LayerScope,
): Tensor {
  const axes = resolveLayerAxes(scope.path, given, x);
  const along = alongAxes(scope.path, x, axes);
  const centered = sub(x, reduceMean(x, { axes, keepDims: true }));
  const variance = reduceMean(square(centered), { axes, keepDims: true });
  return scaleAndShift(centered, variance, options.epsilon, along, scope, options);
}
