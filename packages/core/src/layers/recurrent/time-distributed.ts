import type { Tensor } from '@etalon/compiler';
import { formatType, multiplyDimensions, reshape } from '@etalon/compiler';
import { ShapeError } from '@etalon/spec';
import type { Layer, LayerOptions } from '../layer.ts';
import { createLayer } from '../layer.ts';

/**
 * Returns a layer that applies another to each step of a sequence, with the same variables: `[batch, time, …]`, as a batch of
 * `batch · time`. Keras `TimeDistributed`.
 *
 * @throws {ShapeError} (in the model) when the input has less than three axes.
 */
export function timeDistributed(layer: Layer, options: LayerOptions = {}): Layer {
  return createLayer('timeDistributed', options, (input: Tensor, scope) => {
    const [batch, time, ...rest] = input.shape;
    if (batch === undefined || time === undefined || rest.length === 0) {
      throw new ShapeError(
        'SHAPE_LAYER_RANK',
        `${scope.path}: the input must be [batch, time, …], got ${formatType(input)}.`,
      );
    }
    const output = layer(reshape(input, [multiplyDimensions(batch, time), ...rest]));
    return reshape(output, [batch, time, ...output.shape.slice(1)]);
  });
}
