import type { NodeV1, ProgramV1, ValueId, ValueType } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import { withBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { isTensor } from '../tracing/tensor.ts';
import { Trace } from '../tracing/trace.ts';

/** One node of the old program, with operands in the new one. */
export interface Visit {
  readonly node: NodeV1;
  readonly inputs: readonly Tensor[];
  /** Types of the node's results in the old program. */
  readonly outputs: readonly ValueType[];
  readonly trace: Trace;
  /** Adds the node unchanged. */
  readonly copy: () => readonly Tensor[];
}

/** What takes the place of a node: a tensor for each of its results, one alone where there is one. */
export type Replacement = Tensor | readonly Tensor[];

/** What a pass changes. */
export interface Rewriting {
  /** Returns what replaces a node. New nodes get the replaced node's path as prefix. */
  readonly visit: (visit: Visit) => Replacement;
  /** Type of an input in the new program; default the old one. */
  readonly inputType?: (name: string, type: ValueType) => ValueType;
  /** Replaces an output. */
  readonly output?: (tensor: Tensor, name: string, trace: Trace) => Tensor;
}

/**
 * Builds a new program from an old one, node by node: the frame of every pass. Type rules are applied anew, and
 * constants that nothing uses are left out.
 */
export function rewriteProgram(program: ProgramV1, rewriting: Rewriting): ProgramV1 {
  const trace = new Trace();
  return withBuilder(trace, () => {
    const tensors = new Map<ValueId, Tensor>();
    const typeOf = (id: ValueId): ValueType => {
      const type = program.values[id];
      if (type !== undefined) return type;
      throw new InternalError('INTERNAL_VALUE', `rewrite: value %${id} has no type.`);
    };
    const constants = new Map(program.constants.map((constant) => [constant.value, constant]));
    const tensorOf = (id: ValueId): Tensor => {
      const known = tensors.get(id);
      if (known !== undefined) return known;
      const constant = constants.get(id);
      if (constant === undefined) {
        throw new InternalError(
          'INTERNAL_VALUE',
          `rewrite: value %${id} is used before its definition.`,
        );
      }
      const tensor = trace.constant(constant.tensor, constant.path);
      tensors.set(id, tensor);
      return tensor;
    };
    for (const { name, value } of program.inputs) {
      const type = typeOf(value);
      tensors.set(value, trace.input(name, rewriting.inputType?.(name, type) ?? type));
    }
    for (const node of program.nodes) {
      const inputs = node.inputs.map(tensorOf);
      const copy = () => trace.addAll(node.operator, inputs, node.attributes, node.path);
      const visit = { node, inputs, outputs: node.outputs.map(typeOf), trace, copy };
      const made = trace.at(node.path, () => rewriting.visit(visit));
      const replacements = isTensor(made) ? [made] : made;
      node.outputs.forEach((id, at) => {
        const replacement = replacements[at];
        if (replacement !== undefined) tensors.set(id, replacement);
      });
    }
    const outputs = program.outputs.map(({ name, value }): [string, Tensor] => {
      const tensor = tensorOf(value);
      return [name, rewriting.output?.(tensor, name, trace) ?? tensor];
    });
    return trace.finish(program.name, outputs);
  });
}
