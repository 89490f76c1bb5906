import type { ProgramV1, ValueId } from '@etalon/spec';

/**
 * Leaves out nodes and constants that no output needs, and numbers values anew. Inputs stay: they are the
 * program's signature.
 */
export function removeDeadCode(program: ProgramV1): ProgramV1 {
  const live = new Set<ValueId>(program.outputs.map(({ value }) => value));
  const nodes = program.nodes
    .toReversed()
    .filter((node) => {
      const needed = node.outputs.some((id) => live.has(id));
      // All results of a node are values of the program, used or not.
      if (needed) for (const id of [...node.inputs, ...node.outputs]) live.add(id);
      return needed;
    })
    .reverse();
  for (const { value } of program.inputs) live.add(value);
  const kept = program.values.flatMap((_, id) => (live.has(id) ? [id] : []));
  const renumbered = new Map(kept.map((id, position) => [id, position]));
  const renumber = (id: ValueId): ValueId => renumbered.get(id) ?? -1;
  return {
    ...program,
    values: program.values.filter((_, id) => live.has(id)),
    inputs: program.inputs.map((input) => ({ ...input, value: renumber(input.value) })),
    constants: program.constants
      .filter(({ value }) => live.has(value))
      .map((constant) => ({ ...constant, value: renumber(constant.value) })),
    nodes: nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renumber),
      outputs: node.outputs.map(renumber),
    })),
    outputs: program.outputs.map((output) => ({ ...output, value: renumber(output.value) })),
  };
}
