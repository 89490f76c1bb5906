import type { NodeV1, ProgramV1, ValueId } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { compactValues } from '../program/compact-values.ts';

/**
 * Leaves out nodes, results of loops, and constants that no output needs, in bodies too, and numbers values anew. Inputs
 * stay: they are the program's signature.
 */
export function removeDeadCode(program: ProgramV1): ProgramV1 {
  const live = new Set<ValueId>(program.outputs.map(({ value }) => value));
  const nodes: NodeV1[] = [];
  for (const node of program.nodes.toReversed()) {
    if (!node.outputs.some((id) => live.has(id))) continue;
    const narrow = narrowed(node, live);
    for (const id of narrow.inputs) live.add(id);
    nodes.push(narrow);
  }
  return compactValues({ ...program, nodes: nodes.reverse() });
}

/** A node without the results that nothing uses, where its operator can do without them. */
function narrowed(node: NodeV1, live: ReadonlySet<ValueId>): NodeV1 {
  const isUsed = node.outputs.map((id) => live.has(id));
  const narrow = definitionOf(node.operator).narrow?.(node.attributes, isUsed, removeDeadCode);
  if (narrow === undefined) return node;
  const { attributes, inputs, outputs } = narrow;
  return {
    ...node,
    attributes,
    inputs: node.inputs.filter((_, at) => inputs[at]),
    outputs: node.outputs.filter((_, at) => outputs[at]),
  } as NodeV1;
}
