import type { NodeV1, ValueId } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { shapesEqual } from '../dimension/index.ts';
import { add } from '../operators/elementwise.ts';
import { reshape } from '../operators/movement.ts';
import { reduceSum } from '../operators/reduction.ts';
import { formatType } from '../program/format-type.ts';
import { withBuilder } from '../tracing/current-builder.ts';
import { joinPath } from '../tracing/path.ts';
import type { ProgramBuilder, Tensor } from '../tracing/tensor.ts';
import { activeValues } from './active-values.ts';
import type { Seed } from './structural-gradient.ts';
import { structuralGradients } from './structural-gradients.ts';

/**
 * Adds to a trace the nodes that carry gradients of some of its tensors back to others: reverse mode, graph to graph.
 *
 * @param seeds - float32 tensors of the trace with their gradients, of the same shape; one that occurs twice has the sum.
 * @param targets - float32 tensors of the trace.
 * @returns a gradient of each target's shape; `undefined` where no differentiable path leads to a seed.
 */
export function pullback(
  builder: ProgramBuilder,
  seeds: readonly Seed[],
  targets: readonly Tensor[],
): readonly (Tensor | undefined)[] {
  return withBuilder(builder, () => {
    const cotangents = new Map<ValueId, Tensor>();
    const accumulate = (id: ValueId, gradient: Tensor): void => {
      const known = cotangents.get(id);
      cotangents.set(id, known === undefined ? gradient : add(known, gradient));
    };
    const nodes = [...builder.nodes];
    for (const [tensor, gradient] of seeds) accumulate(tensor['~trace'].id, gradient);
    const active = activeValues(
      nodes,
      targets.map((target) => target['~trace'].id),
    );
    for (const node of nodes.reverse()) {
      const outputGradients = node.outputs.map((id) => cotangents.get(id));
      if (outputGradients.every((gradient) => gradient === undefined)) continue;
      const isActive = node.inputs.map((id) => active.has(id));
      if (!isActive.includes(true)) continue;
      builder.at(joinPath(node.path, 'gradient'), () => {
        const gradients = gradientsOfNode(builder, node, outputGradients, isActive);
        node.inputs.forEach((id, index) => {
          const gradient = gradients[index];
          if (gradient === undefined || !isActive[index]) return;
          accumulate(id, sumToShape(gradient, builder.tensor(id)));
        });
      });
    }
    return targets.map((target) => cotangents.get(target['~trace'].id));
  });
}

function gradientsOfNode(
  builder: ProgramBuilder,
  node: NodeV1,
  outputGradients: readonly (Tensor | undefined)[],
  isActive: readonly boolean[],
): readonly (Tensor | undefined)[] {
  const rule = definitionOf(node.operator).gradient;
  if (rule === 'zero') return [];
  if (rule === 'structural') {
    const structural = structuralGradients[node.operator as keyof typeof structuralGradients];
    return structural({ builder, node, outputGradients, isActive, pullback });
  }
  const [outputGradient] = outputGradients;
  if (outputGradient === undefined) return [];
  return rule({
    inputs: node.inputs.map((id) => builder.tensor(id)),
    output: builder.tensor(node.outputs[0] ?? -1),
    outputGradient,
    attributes: node.attributes,
  });
}

/** Sums a gradient over the axes that its operand was stretched along. */
function sumToShape(gradient: Tensor, target: Tensor): Tensor {
  if (shapesEqual(gradient.shape, target.shape)) return gradient;
  const extra = gradient.shape.length - target.shape.length;
  const stretched = gradient.shape.flatMap((size, axis) =>
    axis < extra || (target.shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  );
  const summed = reshape(reduceSum(gradient, { axes: stretched }), target.shape);
  if (shapesEqual(summed.shape, target.shape)) return summed;
  throw new InternalError(
    'INTERNAL_GRADIENT_SHAPE',
    `gradient: a rule returned ${formatType(gradient)} for ${formatType(target)}. This is a bug in @etalon/compiler.`,
  );
}
