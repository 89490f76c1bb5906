import type { Tensor } from '@etalon/compiler';
import { nameScope } from '@etalon/compiler';
import type { Layer, LayerOptions } from './layer.ts';

/** Function from tensor to tensor: a layer, or any composition of operators. */
export type TensorFunction = (input: Tensor) => Tensor;

/**
 * Returns the composition of layers and functions, first to last. A last argument `{ name }` puts a name on the
 * paths of everything inside. Keras `Sequential`.
 *
 * @example sequential(flatten(), dense(128, { activation: 'relu' }), dense(10))(image)
 */
export function sequential(...parts: readonly (TensorFunction | LayerOptions)[]): Layer {
  const options = parts.find((part): part is LayerOptions => typeof part !== 'function');
  const functions = parts.filter((part): part is TensorFunction => typeof part === 'function');
  const compose = (input: Tensor): Tensor =>
    functions.reduce((tensor, apply) => apply(tensor), input);
  const layer = (input: Tensor): Tensor =>
    options?.name === undefined ? compose(input) : nameScope(options.name, () => compose(input));
  return Object.defineProperty(layer, 'kind', { value: 'sequential' }) as Layer;
}
