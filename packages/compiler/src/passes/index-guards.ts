import type { Dimension, NodeOf, NodeV1, ProgramV1, ValueId } from '@etalon/spec';
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
  /** Lengths of the loops around the operator, outermost first: where one is 0, nothing is indexed. */
  readonly loops: readonly Dimension[];
}

/**
 * Finds the inputs whose elements are used as indices, so that the host can check them before an engine, whose
 * behaviour on a wrong index is its own, sees them.
 */
export function indexGuards(program: ProgramV1): readonly IndexGuard[] {
  const inputs = new Map(program.inputs.map(({ name, value }) => [value, name]));
  return guardsIn(program, (id) => inputs.get(id));
}

/** @param inputOf - the input whose elements a value of the program hands in from outside. */
function guardsIn(
  program: ProgramV1,
  inputOf: (id: ValueId) => string | undefined,
): readonly IndexGuard[] {
  const producers = new Map<ValueId, NodeV1>();
  for (const node of program.nodes) for (const id of node.outputs) producers.set(id, node);
  const sourceOf = (id: ValueId): string | undefined => {
    const made = producers.get(id);
    if (made === undefined) return inputOf(id);
    return rearranges(program, made) ? sourceOf(made.inputs[0] ?? -1) : undefined;
  };
  return program.nodes.flatMap((node): readonly IndexGuard[] => {
    if (node.operator === 'scan') return scanGuards(node, sourceOf);
    const { indices } = definitionOf(node.operator);
    if (indices === undefined) return [];
    const types = typesOf(node.inputs, program.values);
    const { operand, limit } = indices(types, node.attributes);
    const input = sourceOf(node.inputs[operand] ?? -1);
    return input === undefined ? [] : [{ input, path: node.path, limit, loops: [] }];
  });
}

// Slices and invariant operands hold elements from outside, and so do carried values in the first iteration.
function scanGuards(
  { attributes: { body, length }, inputs }: NodeOf<'scan'>,
  sourceOf: (id: ValueId) => string | undefined,
): readonly IndexGuard[] {
  const places = new Map(body.inputs.map(({ value }, at) => [value, at - 1]));
  const inside = guardsIn(body, (id) => {
    const operand = inputs[places.get(id) ?? -1];
    return operand === undefined ? undefined : sourceOf(operand);
  });
  return inside.map((guard) => ({ ...guard, loops: [length, ...guard.loops] }));
}

function rearranges({ values }: ProgramV1, node: NodeV1): boolean {
  const rule = definitionOf(node.operator).rearranges ?? false;
  return typeof rule === 'boolean' ? rule : rule(typesOf(node.inputs, values), node.attributes);
}
