import type { CompositeOperatorsV1 } from '@etalon/spec';
import type { Tensor } from '../tracing/tensor.ts';
import { emit } from './emit.ts';

/** Returns `x`, whose gradient does not flow back. See {@link CompositeOperatorsV1.stopGradient}. */
export function stopGradient(x: Tensor): Tensor {
  return emit('stopGradient', [x], {});
}

/**
 * Returns a function with the values of `activation` and the gradient of the identity: the straight-through
 * estimator. See {@link CompositeOperatorsV1.straightThrough}.
 */
export function straightThrough(activation: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return (x) => emit('straightThrough', [activation(x), x], {});
}
