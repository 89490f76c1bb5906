import type { ProgramV1, ScanAttributes, ValueId } from '@etalon/spec';
import { compactValues } from '../program/compact-values.ts';
import type { Narrowed } from './definition.ts';

type Flags = readonly boolean[];

/**
 * Leaves out the results of a loop that nothing uses, with what only they needed of its body and operands. A carried
 * value that nothing uses after the loop stays while a result that is used depends on it, after any number of iterations.
 */
export function narrowScan(
  attributes: ScanAttributes,
  isUsed: Flags,
  removeDeadCode: (body: ProgramV1) => ProgramV1,
): Narrowed<ScanAttributes> {
  const { body, carried, stacked } = attributes;
  const outputs = neededOutputs(attributes, isUsed);
  // Once for each body: what is called twice at every depth takes for ever where loops are nested deep.
  const live = removeDeadCode({ ...body, outputs: body.outputs.filter((_, at) => outputs[at]) });
  const read = new Set<ValueId>([
    ...live.nodes.flatMap((node) => node.inputs),
    ...live.outputs.map(({ value }) => value),
  ]);
  // The first input is the index. A carried value goes in where it comes out, read or not.
  const inputs = live.inputs
    .slice(1)
    .map(({ value }, at) => (at < carried ? outputs[at] === true : read.has(value)));
  const count = (from: number, to: number): number => inputs.slice(from, to).filter(Boolean).length;
  return {
    attributes: {
      ...attributes,
      carried: count(0, carried),
      stacked: count(carried, carried + stacked),
      body: compactValues({
        ...live,
        inputs: live.inputs.filter((_, at) => at === 0 || inputs[at - 1]),
      }),
    },
    inputs,
    outputs,
  };
}

/** The outputs of the body that the used ones need, in the same iteration or in a later one. */
function neededOutputs({ body, carried }: ScanAttributes, isUsed: Flags): Flags {
  let needed = isUsed;
  for (;;) {
    const live = valuesBehind(
      body,
      body.outputs.filter((_, at) => needed[at]).map(({ value }) => value),
    );
    const next = needed.map((flag, at) => {
      const input = body.inputs[at + 1];
      return flag || (at < carried && input !== undefined && live.has(input.value));
    });
    if (next.every((flag, at) => flag === needed[at])) return next;
    needed = next;
  }
}

/** The values that others are computed from, and these. */
function valuesBehind({ nodes }: ProgramV1, values: readonly ValueId[]): ReadonlySet<ValueId> {
  const live = new Set(values);
  for (const { inputs, outputs } of nodes.toReversed()) {
    if (outputs.some((id) => live.has(id))) for (const id of inputs) live.add(id);
  }
  return live;
}
