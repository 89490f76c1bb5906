import type { NodeV1, ValueId } from '@etalon/spec';
import { GradientError, InternalError } from '@etalon/spec';
import { definitionOf } from '../definitions/definition-of.ts';
import { shapesEqual } from '../dimension/index.ts';
import { add } from '../operators/elementwise.ts';
import { builderOf, placeOf } from '../operators/emit.ts';
import { filled } from '../operators/indexing.ts';
import { reshape } from '../operators/movement.ts';
import { reduceSum } from '../operators/reduction.ts';
import { formatType } from '../program/format-type.ts';
import { withBuilder } from '../tracing/current-builder.ts';
import { joinPath } from '../tracing/path.ts';
import type { ProgramBuilder, Tensor } from '../tracing/tensor.ts';

/**
 * Adds, to the trace that made `loss`, the nodes that compute its gradient with respect to some of its
 * tensors: reverse mode, graph to graph. Gradients of gradients work the same way.
 *
 * @param loss - float32 scalar.
 * @param targets - float32 tensors of the same trace.
 * @returns a gradient of each target's shape; `undefined` where no differentiable path leads to the loss.
 * @throws {GradientError} when the loss is not a float32 scalar or a target is not float32.
 * @throws {ProgramError} when the loss and a target come from different traces.
 */
export function gradientsOf(
  loss: Tensor,
  targets: readonly Tensor[],
): readonly (Tensor | undefined)[] {
  const builder = builderOf('gradient', [loss, ...targets]);
  const where = placeOf(builder, 'gradient');
  requireScalar(where, loss);
  for (const target of targets) requireFloat(where, target);
  return withBuilder(builder, () => {
    const cotangents = new Map<ValueId, Tensor>();
    cotangents.set(
      loss['~trace'].id,
      builder.scope('gradient', () => filled(loss, 1)),
    );
    const nodes = [...builder.nodes];
    const active = activeValues(nodes, targets);
    for (const node of nodes.reverse()) {
      const id = node.outputs.find((output) => cotangents.has(output));
      const outputGradient = id === undefined ? undefined : cotangents.get(id);
      if (outputGradient === undefined || !node.inputs.some((input) => active.has(input))) continue;
      builder.at(joinPath(node.path, 'gradient'), () => {
        backpropagate(builder, node, outputGradient, active, cotangents);
      });
    }
    return targets.map((target) => cotangents.get(target['~trace'].id));
  });
}

// Values that depend on a target by a path along which gradients flow: others need no cotangent.
function activeValues(nodes: readonly NodeV1[], targets: readonly Tensor[]): ReadonlySet<ValueId> {
  const active = new Set(targets.map((target) => target['~trace'].id));
  for (const node of nodes) {
    if (definitionOf(node.operator).gradient === 'zero') continue;
    if (node.inputs.some((id) => active.has(id))) {
      for (const id of node.outputs) active.add(id);
    }
  }
  return active;
}

function backpropagate(
  builder: ProgramBuilder,
  node: NodeV1,
  outputGradient: Tensor,
  active: ReadonlySet<ValueId>,
  cotangents: Map<ValueId, Tensor>,
): void {
  const rule = definitionOf(node.operator).gradient;
  if (rule === 'zero') return;
  if (rule === 'missing') {
    throw new GradientError(
      'GRADIENT_MISSING',
      `${node.path}: no gradient flows through "${node.operator}" yet, got a loss that depends on its results.\nFix: put the loss and its gradient inside the function that is repeated, or repeat in TypeScript.`,
      { details: { operator: node.operator } },
    );
  }
  const gradients = rule({
    inputs: node.inputs.map((id) => builder.tensor(id)),
    output: builder.tensor(node.outputs[0] ?? -1),
    outputGradient,
    attributes: node.attributes,
  });
  node.inputs.forEach((id, index) => {
    const gradient = gradients[index];
    if (gradient === undefined || !active.has(id)) return;
    const summed = sumToShape(gradient, builder.tensor(id));
    const known = cotangents.get(id);
    cotangents.set(id, known === undefined ? summed : add(known, summed));
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

function requireScalar(where: string, loss: Tensor): void {
  if (loss.dtype === 'float32' && loss.shape.length === 0) return;
  throw new GradientError(
    'GRADIENT_NOT_SCALAR',
    `${where}: the loss must be a float32 scalar, got ${formatType(loss)}.\nFix: reduce it with reduceMean() or reduceSum().`,
  );
}

function requireFloat(where: string, target: Tensor): void {
  if (target.dtype === 'float32') return;
  throw new GradientError(
    'GRADIENT_TARGET_DTYPE',
    `${where}: only float32 tensors have gradients, got ${formatType(target)}.`,
  );
}
