import { elementCount, formatType, reshape } from '@etalon/compiler';
import { ShapeError } from '@etalon/spec';
import type { Layer, LayerOptions } from './layer.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Returns a layer that folds all axes but the first into one: `[batch, …]` to `[batch, features]`. Keras `Flatten`. */
export function flatten(options: LayerOptions = {}): Layer {
  return createTensorLayer('flatten', options, (input, scope) => {
    const [batch, ...rest] = input.shape;
    if (batch === undefined) {
      throw new ShapeError(
        'SHAPE_LAYER_RANK',
        `${scope.path}: the input must have rank 1 or more, got ${formatType(input)}.`,
      );
    }
    return reshape(input, [batch, elementCount(rest)]);
  });
}
