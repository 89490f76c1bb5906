import type { NodeV1, ValueId } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';

/** Values that depend on a target by a path along which gradients flow: others need no cotangent. */
export function activeValues(
  nodes: readonly NodeV1[],
  targets: Iterable<ValueId>,
): ReadonlySet<ValueId> {
  const active = new Set(targets);
  for (const node of nodes) {
    if (definitionOf(node.operator).gradient === 'zero') continue;
    if (node.inputs.some((id) => active.has(id))) {
      for (const id of node.outputs) active.add(id);
    }
  }
  return active;
}
