import type { Dimension, NodeV1, ProgramV1, ValueId } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { typesOf } from '../program/types-of.ts';

/** Range that the elements of an int32 input must lie in, because some operator uses them as indices. */
export interface IndexGuard {
  /** Name of the program input. */
  readonly input: string;
  /** Path of the operator. */
  readonly path: string;
  /** Indices are in `[0, limit)`. */
  readonly limit: Dimension;
}

/**
 * Finds the inputs whose elements are used as indices, so that the host can check them before an engine, whose
 * behaviour on a wrong index is its own, sees them.
 */
export function indexGuards(program: ProgramV1): readonly IndexGuard[] {
  const inputs = new Map(program.inputs.map(({ name, value }) => [value, name]));
  const producers = new Map<ValueId, NodeV1>();
  for (const node of program.nodes) for (const id of node.outputs) producers.set(id, node);
  return program.nodes.flatMap((node): readonly IndexGuard[] => {
    const { indices } = definitionOf(node.operator);
    if (indices === undefined) return [];
    const types = typesOf(node.inputs, program.values);
    const { operand, limit } = indices(types, node.attributes);
    let id = node.inputs[operand] ?? -1;
    for (let made = producers.get(id); made !== undefined; made = producers.get(id)) {
      if (!rearranges(program, made)) return [];
      id = made.inputs[0] ?? -1;
    }
    const input = inputs.get(id);
    return input === undefined ? [] : [{ input, path: node.path, limit }];
  });
}

function rearranges({ values }: ProgramV1, node: NodeV1): boolean {
  const rule = definitionOf(node.operator).rearranges ?? false;
  return typeof rule === 'boolean' ? rule : rule(typesOf(node.inputs, values), node.attributes);
}
