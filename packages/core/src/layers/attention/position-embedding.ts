import type { Tensor } from '@etalon/compiler';
import {
  add,
  addDimensions,
  gather,
  indexRange,
  slice,
  subtractDimensions,
} from '@etalon/compiler';
import type { Initializer } from '../../initializers/initializer.ts';
import { uniform } from '../../initializers/initializers.ts';
import { fixedSize, requireLayerRank } from '../fixed-size.ts';
import type { Layer, LayerOptions } from '../layer.ts';
import { requireCount } from '../require-count.ts';
import { createTensorLayer } from '../tensor-layer.ts';
import { positionsOf } from './positions.ts';

/** Options of {@link positionEmbedding}. */
export interface PositionEmbeddingOptions extends LayerOptions {
  /** Default uniform in ±0.05. */
  readonly embeddingsInitializer?: Initializer;
}

/**
 * Returns a layer that adds a learnt vector for its position to each step of a sequence: `[batch, time, features]`, of the same shape.
 * Variable: `embeddings [maxLength, features]`. Gehring et al. 2017.
 *
 * A sequence of more than `maxLength` steps is refused when the program runs. In a model that is called step by step the layer carries
 * the position, and a step beyond is refused where the position is handed over as a tensor on the host; see {@link gather}.
 *
 * @param maxLength - number of positions.
 * @throws {AttributeError} when it is no integer of at least 1.
 * @throws {ShapeError} (in the model) when the input is no sequence of features of a fixed number, or longer.
 */
export function positionEmbedding(
  maxLength: number,
  options: PositionEmbeddingOptions = {},
): Layer {
  requireCount(options.name ?? 'positionEmbedding', 'maxLength', maxLength);
  return createTensorLayer('positionEmbedding', options, (x, scope) => {
    requireLayerRank(scope.path, x, 3, '[batch, time, features]');
    const features = fixedSize(scope.path, x, -1, 'number of features');
    const [, time = 1] = x.shape;
    const embeddings = scope.parameter(
      'embeddings',
      [maxLength, features],
      options.embeddingsInitializer ?? uniform(),
    );
    const position = scope.stepsBefore(x.shape[1] ?? 1);
    if (position === undefined) {
      return add(x, slice(embeddings, { starts: [0, 0], sizes: [time, features] }));
    }
    // Looked up where it can be, the position itself is an index that the host sees and checks.
    const room = addDimensions(subtractDimensions(maxLength, time), 1);
    const firsts: Tensor = slice(indexRange(maxLength), { starts: [0], sizes: [room] });
    const positions = add(positionsOf(time), gather(firsts, position));
    return add(x, gather(embeddings, positions));
  });
}
