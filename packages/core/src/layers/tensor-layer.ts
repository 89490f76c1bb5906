import type { Tensor } from '@etalon/compiler';
import type { Layer, LayerOptions, LayerScope } from './layer.ts';
import { createLayer } from './layer.ts';
import { requireOneTensor } from './leaves.ts';

/** As {@link createLayer}, for the layers here that take one tensor: a tree of tensors is refused by name. */
export function createTensorLayer(
  kind: string,
  options: LayerOptions,
  apply: (input: Tensor, scope: LayerScope) => Tensor,
): Layer {
  return createLayer(kind, options, (input: Tensor, scope) => {
    requireOneTensor(scope.path, input);
    return apply(input, scope);
  });
}
