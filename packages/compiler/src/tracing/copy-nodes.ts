import type { NodeV1, ValueId } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { Tensor } from './tensor.ts';
import type { Trace } from './trace.ts';

/** Where nodes are copied from: a trace, or a finished program. */
export interface CopySource {
  readonly nodes: readonly NodeV1[];
  /** Returns the copy of a constant. */
  readonly constant: (id: ValueId) => Tensor | undefined;
}

/**
 * Copies nodes into another trace, under their own paths.
 *
 * @param tensors - what stands for values there already; gets the results of every node.
 */
export function copyNodes(source: CopySource, tensors: Map<ValueId, Tensor>, into: Trace): void {
  for (const { operator, inputs, outputs, attributes, path } of source.nodes) {
    const operands = inputs.map((id) => copied(source, tensors, id));
    const results = into.addAll(operator, operands, attributes, path);
    outputs.forEach((id, at) => {
      const result = results[at];
      if (result !== undefined) tensors.set(id, result);
    });
  }
}

/** Returns what stands for a value: a tensor that was given or made, or a copy of a constant. */
export function copied(
  { constant }: CopySource,
  tensors: Map<ValueId, Tensor>,
  id: ValueId,
): Tensor {
  const known = tensors.get(id) ?? constant(id);
  if (known === undefined) {
    throw new InternalError('INTERNAL_VALUE', `copy: value %${id} is used before its definition.`);
  }
  tensors.set(id, known);
  return known;
}
