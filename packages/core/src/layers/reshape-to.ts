import { formatType, reshape } from '@etalon/compiler';
import type { Shape } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import type { Layer, LayerOptions } from './layer.ts';
import { createTensorLayer } from './tensor-layer.ts';

/**
 * Returns a layer that gives each example of a batch another shape: `[batch, …]` to `[batch, …targetShape]`. One size may
 * be -1 and follows from the others. The function of a whole tensor is `reshape`. Keras `Reshape`.
 *
 * @throws {ShapeError} (in the model) when the input is a scalar, or the numbers of elements differ.
 *
 * @example sequential(dense(49), reshapeTo([7, 7, 1]))
 */
export function reshapeTo(targetShape: Shape, options: LayerOptions = {}): Layer {
  return createTensorLayer('reshapeTo', options, (input, scope) => {
    const [batch] = input.shape;
    if (batch === undefined) {
      throw new ShapeError(
        'SHAPE_LAYER_RANK',
        `${scope.path}: the input must have rank 1 or more, got ${formatType(input)}.`,
      );
    }
    return reshape(input, [batch, ...targetShape]);
  });
}
