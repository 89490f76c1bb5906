import type { ProgramV1 } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { attributesKey } from '../program/hash.ts';
import { parentPath } from '../tracing/path.ts';
import type { ProgramBuilder, Tensor } from '../tracing/tensor.ts';
import { removeDeadCode } from './dead-code.ts';
import type { Replacement } from './rewrite.ts';
import { rewriteProgram } from './rewrite.ts';

/**
 * Applies the operators' simplification rules and computes equal expressions once. Results keep every bit, but for
 * sums that leave zeros out and so add in another order.
 */
export function simplify(program: ProgramV1): ProgramV1 {
  const known = new Map<string, Replacement>();
  const simplified = rewriteProgram(program, {
    visit: ({ node, inputs, outputs: [output], trace, copy }) => {
      const rule = definitionOf(node.operator).simplify;
      // What replaces a node stands at its place, not below it.
      const simpler =
        output &&
        trace.at(parentPath(node.path), () =>
          rule?.({
            inputs,
            attributes: node.attributes,
            output,
            producer: (tensor) => trace.producer(tensor),
            scalarOf: (tensor) => scalarOf(trace, tensor),
          }),
        );
      if (simpler !== undefined) return simpler;
      const ids = inputs.map((input) => input['~trace'].id);
      const key = `${node.operator} ${ids.join()} ${attributesKey(node)}`;
      const earlier = known.get(key);
      if (earlier !== undefined) return earlier;
      const made = copy();
      known.set(key, made);
      return made;
    },
  });
  return removeDeadCode(simplified);
}

// The number that fills a tensor: the gradient of a sum, for one, is a 1 reshaped and stretched.
function scalarOf(builder: ProgramBuilder, tensor: Tensor): number | undefined {
  const constant = builder.constantOf(tensor);
  if (constant !== undefined) return constant.shape.length === 0 ? constant.data[0] : undefined;
  const made = builder.producer(tensor);
  const [source, ...others] = made?.inputs ?? [];
  const rearranges = made !== undefined && definitionOf(made.node.operator).rearranges === true;
  if (!rearranges || source === undefined || others.length > 0) return undefined;
  return scalarOf(builder, source);
}
