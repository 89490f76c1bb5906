import type { Shape } from '../dimension.ts';

/** What every random draw carries. */
export interface RandomAttributes {
  readonly shape: Shape;
  /** Name of the stream, unique in a program: the draw's key is folded from it. */
  readonly stream: string;
}

/**
 * Random draws. They have no operand: the key is the run's key folded with the stream's name and
 * the iteration indices, never data. The bits are those of Threefry-2x32 in JAX's partitionable layout, so
 * every backend sees the same draw. `prepare` hoists them to inputs.
 */
export interface RandomOperatorsV1 {
  /** float32, uniform in `[low, high)`; bits as `jax.random.uniform`. */
  readonly randomUniform: RandomAttributes & { readonly low: number; readonly high: number };
  /** float32, standard normal, by the inverse error function of a uniform draw. */
  readonly randomNormal: RandomAttributes;
  /** bool, true with the given probability in `[0, 1]`; bits as `jax.random.bernoulli`. */
  readonly randomBernoulli: RandomAttributes & { readonly probability: number };
}
