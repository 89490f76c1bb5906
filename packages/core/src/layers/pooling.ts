import type { Padding, Pool2dOptions, SizePair, Tensor } from '@etalon/compiler';
import { averagePool2d as average, maxPool2d as maximum } from '@etalon/compiler';
import { requireLayerRank } from './fixed-size.ts';
import type { Layer, LayerOptions } from './layer.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of pooling layers. */
export interface PoolingLayerOptions extends LayerOptions {
  /** Default the window's size. */
  readonly strides?: SizePair;
  /** Default `valid`. */
  readonly padding?: Padding;
}

function pooling(
  kind: string,
  pool: (image: Tensor, options: Pool2dOptions) => Tensor,
): (poolSize: SizePair, options?: PoolingLayerOptions) => Layer {
  return (poolSize, options = {}) =>
    createTensorLayer(kind, options, (image, scope) => {
      requireLayerRank(scope.path, image, 4, 'NHWC');
      return pool(image, {
        windowSize: poolSize,
        strides: options.strides ?? poolSize,
        padding: options.padding ?? 'valid',
      });
    });
}

/** Returns a layer that takes the largest element of each window. Keras `MaxPooling2D`. */
export const maxPool2d: (poolSize: SizePair, options?: PoolingLayerOptions) => Layer = pooling(
  'maxPool2d',
  maximum,
);

/** Returns a layer that takes the mean of each window, padding not counted. Keras `AveragePooling2D`. */
export const averagePool2d: (poolSize: SizePair, options?: PoolingLayerOptions) => Layer = pooling(
  'averagePool2d',
  average,
);
