import { formatType, gather } from '@etalon/compiler';
import { DTypeError } from '@etalon/spec';
import type { Initializer } from '../initializers/initializer.ts';
import { uniform } from '../initializers/initializers.ts';
import type { Layer, LayerOptions } from './layer.ts';
import { requireCount } from './require-count.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of `embedding`. */
export interface EmbeddingOptions extends LayerOptions {
  /** Default uniform in ±0.05. */
  readonly embeddingsInitializer?: Initializer;
}

/**
 * Returns a layer that looks up a learnt vector for each id: int32 `[…]` to `[…, outputSize]`. Variable: `embeddings
 * [inputSize, outputSize]`. Gradients of an id that occurs several times add up. Keras `Embedding`.
 *
 * Ids are 0 … inputSize - 1; others are refused where the host sees them, see {@link gather}.
 *
 * @param inputSize - number of ids.
 * @param outputSize - length of the vectors.
 * @throws {AttributeError} when a size is no integer of at least 1.
 * @throws {DTypeError} (in the model) when the ids are not int32.
 */
export function embedding(
  inputSize: number,
  outputSize: number,
  options: EmbeddingOptions = {},
): Layer {
  const where = options.name ?? 'embedding';
  requireCount(where, 'inputSize', inputSize);
  requireCount(where, 'outputSize', outputSize);
  return createTensorLayer('embedding', options, (ids, scope) => {
    if (ids.dtype !== 'int32') {
      throw new DTypeError(
        'DTYPE_LAYER_INPUT',
        `${scope.path}: the ids must be int32, got ${formatType(ids)}.\nFix: declare them with tensor('int32', …), or convert them with cast(ids, 'int32').`,
      );
    }
    const embeddings = scope.parameter(
      'embeddings',
      [inputSize, outputSize],
      options.embeddingsInitializer ?? uniform(),
    );
    return gather(embeddings, ids);
  });
}
