import { nameScope } from '@etalon/compiler';
import type { LayerScope } from './layer.ts';

/**
 * Runs a part of a layer under a name of its own: variables, carried tensors, nodes and messages have it after the layer's, as in
 * `transformerEncoderBlock_1/attention/query/kernel`.
 */
export function inSubScope<R>(scope: LayerScope, name: string, body: (scope: LayerScope) => R): R {
  const inner: LayerScope = {
    ...scope,
    path: `${scope.path} › ${name}`,
    parameter: (variable, shape, initializer) =>
      scope.parameter(`${name}/${variable}`, shape, initializer),
    state: (variable, shape, initializer) => scope.state(`${name}/${variable}`, shape, initializer),
    updateState: (variable, value) => scope.updateState(`${name}/${variable}`, value),
    carried: (part, type) => scope.carried(`${name}/${part}`, type),
    carry: (part, value) => scope.carry(`${name}/${part}`, value),
  };
  return nameScope(name, () => body(inner));
}
