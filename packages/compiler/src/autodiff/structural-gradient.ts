import type { NodeV1 } from '@etalon/spec';
import type { ProgramBuilder, Tensor } from '../tracing/tensor.ts';

/** A tensor with the gradient of the loss with respect to it. */
export type Seed = readonly [tensor: Tensor, gradient: Tensor];

/** What the gradient of a node that holds a program sees. */
export interface StructuralGradientContext {
  /** The trace that the node belongs to. */
  readonly builder: ProgramBuilder;
  readonly node: NodeV1;
  /** Gradient of the loss with respect to each result; `undefined` where it is zero. */
  readonly outputGradients: readonly (Tensor | undefined)[];
  /** Whether the gradient with respect to an operand is wanted. */
  readonly isActive: readonly boolean[];
  /** Carries gradients through another trace. */
  readonly pullback: (
    builder: ProgramBuilder,
    seeds: readonly Seed[],
    targets: readonly Tensor[],
  ) => readonly (Tensor | undefined)[];
}

/** Returns the gradient with respect to each operand; `undefined` where none flows. */
export type StructuralGradient = (
  context: StructuralGradientContext,
) => readonly (Tensor | undefined)[];
