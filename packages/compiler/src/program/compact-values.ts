import type { ProgramV1, ValueId } from '@etalon/spec';

/**
 * Leaves out the values that neither an input nor a node defines, and constants that nothing reads, and numbers the
 * others anew. Inputs stay, also where nothing reads them.
 */
export function compactValues(program: ProgramV1): ProgramV1 {
  const live = new Set<ValueId>([
    ...program.inputs.map(({ value }) => value),
    ...program.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
    ...program.outputs.map(({ value }) => value),
  ]);
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
    nodes: program.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renumber),
      outputs: node.outputs.map(renumber),
    })),
    outputs: program.outputs.map((output) => ({ ...output, value: renumber(output.value) })),
  };
}
