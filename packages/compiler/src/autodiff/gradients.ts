import { GradientError } from '@etalon/spec';
import { builderOf, placeOf } from '../operators/emit.ts';
import { filled } from '../operators/indexing.ts';
import { formatType } from '../program/format-type.ts';
import { withBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { pullback } from './pullback.ts';

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
    const one = builder.scope('gradient', () => filled(loss, 1));
    return pullback(builder, [[loss, one]], targets);
  });
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
