import type { ReductionOptions, Tensor } from '@etalon/compiler';
import { reduceMax, reduceMean } from '@etalon/compiler';
import { requireLayerRank } from './fixed-size.ts';
import type { Layer, LayerOptions } from './layer.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of pooling over whole images. */
export interface GlobalPoolingOptions extends LayerOptions {
  /** Whether height and width stay as 1; default false. */
  readonly keepDims?: boolean;
}

function globalPooling(
  kind: string,
  reduce: (image: Tensor, options: ReductionOptions) => Tensor,
): (options?: GlobalPoolingOptions) => Layer {
  return (options = {}) =>
    createTensorLayer(kind, options, (image, scope) => {
      requireLayerRank(scope.path, image, 4, 'NHWC');
      return reduce(image, { axes: [1, 2], keepDims: options.keepDims ?? false });
    });
}

/**
 * Returns a layer that takes the mean of each channel of an image: `[batch, height, width, channels]` to `[batch,
 * channels]`. Keras `GlobalAveragePooling2D`.
 *
 * @throws {ShapeError} (in the model) when the input has another rank.
 */
export const globalAveragePooling2d: (options?: GlobalPoolingOptions) => Layer = globalPooling(
  'globalAveragePooling2d',
  reduceMean,
);

/**
 * Returns a layer that takes the largest element of each channel of an image: `[batch, height, width, channels]` to
 * `[batch, channels]`. Keras `GlobalMaxPooling2D`.
 *
 * @throws {ShapeError} (in the model) when the input has another rank.
 */
export const globalMaxPooling2d: (options?: GlobalPoolingOptions) => Layer = globalPooling(
  'globalMaxPooling2d',
  reduceMax,
);
