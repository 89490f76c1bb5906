import type { CompositeOperatorsV1 } from '@etalon/spec';
import type { Tensor } from '../tracing/tensor.ts';
import { resolveAxis } from './axes.ts';
import { emit } from './emit.ts';

/** Options of functions that normalise along an axis. */
export interface AxisOptions {
  /** Negative from the end; default the last. */
  readonly axis?: number;
}

/** Returns the softmax along an axis. See {@link CompositeOperatorsV1.softmax}. */
export function softmax(x: Tensor, { axis = -1 }: AxisOptions = {}): Tensor {
  return emit('softmax', [x], { axis: resolveAxis('softmax', axis, x) });
}

/** Returns the logarithm of the softmax along an axis. See {@link CompositeOperatorsV1.logSoftmax}. */
export function logSoftmax(x: Tensor, { axis = -1 }: AxisOptions = {}): Tensor {
  return emit('logSoftmax', [x], { axis: resolveAxis('logSoftmax', axis, x) });
}

/** Returns `log(1 + e^x)`. See {@link CompositeOperatorsV1.softplus}. */
export function softplus(x: Tensor): Tensor {
  return emit('softplus', [x], {});
}

/** Returns `x · Φ(x)`. See {@link CompositeOperatorsV1.gelu}. */
export function gelu(x: Tensor): Tensor {
  return emit('gelu', [x], {});
}

/** Returns `x` where positive, else `alpha · (e^x - 1)`; alpha is 1 by default. See {@link CompositeOperatorsV1.elu}. */
export function elu(x: Tensor, { alpha = 1 }: { readonly alpha?: number } = {}): Tensor {
  return emit('elu', [x], { alpha });
}

/** Returns `x` where positive, else `alpha · x`; alpha is 0.3 by default, as in Keras. See {@link CompositeOperatorsV1.leakyRelu}. */
export function leakyRelu(x: Tensor, { alpha = 0.3 }: { readonly alpha?: number } = {}): Tensor {
  return emit('leakyRelu', [x], { alpha });
}

/** Returns 1 where `x >= 0`, else -1. Its gradient is zero. See {@link CompositeOperatorsV1.step}. */
export function step(x: Tensor): Tensor {
  return emit('step', [x], {});
}
