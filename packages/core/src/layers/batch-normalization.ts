import type { Tensor } from '@etalon/compiler';
import { add, mul, reduceMean, reshape, square, sub } from '@etalon/compiler';
import type { Initializer } from '../initializers/initializer.ts';
import { ones, zeros } from '../initializers/initializers.ts';
import { outOfRange } from '../initializers/options.ts';
import type { Layer } from './layer.ts';
import type { NormalizationOptions } from './normalize.ts';
import { alongAxes, resolveEpsilon, resolveLayerAxes, scaleAndShift } from './normalize.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions extends NormalizationOptions {
  /** Axis of the features, which are normalized each by itself, negative from the end; default the last. */
  readonly axis?: number;
  /** Part of the moving statistics that a step keeps; default 0.99. */
  readonly momentum?: number;
  /** Default zeros. */
  readonly movingMeanInitializer?: Initializer;
  /** Default ones. */
  readonly movingVarianceInitializer?: Initializer;
}

/**
 * Returns a layer that gives each feature mean 0 and variance 1, then scales and shifts it: `(x - mean) /
 * sqrt(variance + epsilon) · gamma + beta`. Variables, one number for each feature: `gamma`, `beta`; state:
 * `movingMean`, `movingVariance`. Keras `BatchNormalization`; Ioffe and Szegedy 2015.
 *
 * In training, mean and variance are those of the batch, over all axes but that of the features, and a step moves the
 * state: `moving · momentum + batch · (1 - momentum)`. The variance is the biased one in both places, as in Keras; PyTorch
 * moves its state by the unbiased one. In inference, mean and variance are the moving ones.
 *
 * @throws {AttributeError} when momentum is outside [0, 1], epsilon is negative, or (in the model) the axis is out of
 * range.
 * @throws {ShapeError} (in the model) when the number of features is not fixed.
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  const where = options.name ?? 'batchNormalization';
  const { axis = -1, momentum = 0.99 } = options;
  const epsilon = resolveEpsilon(where, options);
  if (!(momentum >= 0 && momentum <= 1)) {
    throw outOfRange(where, 'momentum', momentum, 'a number in [0, 1]');
  }
  return createTensorLayer('batchNormalization', options, (x, scope) => {
    const [features] = resolveLayerAxes(scope.path, [axis], x);
    const along = alongAxes(scope.path, x, [features]);
    const movingMean = scope.state(
      'movingMean',
      along.sizes,
      options.movingMeanInitializer ?? zeros(),
    );
    const movingVariance = scope.state(
      'movingVariance',
      along.sizes,
      options.movingVarianceInitializer ?? ones(),
    );
    if (scope.mode === 'infer') {
      const centered = sub(x, along.spread(movingMean));
      return scaleAndShift(centered, along.spread(movingVariance), epsilon, along, scope, options);
    }
    const axes = x.shape.map((_, at) => at).filter((at) => at !== features);
    const mean = reduceMean(x, { axes, keepDims: true });
    const centered = sub(x, mean);
    const variance = reduceMean(square(centered), { axes, keepDims: true });
    const moved = (moving: Tensor, batch: Tensor): Tensor =>
      add(mul(moving, momentum), mul(reshape(batch, along.sizes), 1 - momentum));
    scope.updateState('movingMean', moved(movingMean, mean));
    scope.updateState('movingVariance', moved(movingVariance, variance));
    return scaleAndShift(centered, variance, epsilon, along, scope, options);
  });
}
