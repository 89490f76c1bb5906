import type { Tensor } from '@etalon/compiler';
import {
  elu,
  gelu,
  leakyRelu,
  relu,
  sigmoid,
  softmax,
  softplus,
  step,
  tanh,
} from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';
import type { Layer, LayerOptions } from './layer.ts';
import { createLayer } from './layer.ts';

const activations = {
  /** The identity; range all reals. */
  linear: (x: Tensor): Tensor => x,
  /** `1 / (1 + e^-x)`; range (0, 1). */
  sigmoid: (x: Tensor): Tensor => sigmoid(x),
  /** Hyperbolic tangent; range (-1, 1). */
  tanh: (x: Tensor): Tensor => tanh(x),
  /** `max(x, 0)`; range [0, ∞). */
  relu: (x: Tensor): Tensor => relu(x),
  /** `x` or `0.3·x`; range all reals. */
  leakyRelu: (x: Tensor): Tensor => leakyRelu(x),
  /** `x` or `e^x - 1`; range (-1, ∞). */
  elu: (x: Tensor): Tensor => elu(x),
  /** `log(1 + e^x)`; range (0, ∞). */
  softplus: (x: Tensor): Tensor => softplus(x),
  /** `x·Φ(x)`; range about [-0.17, ∞). */
  gelu: (x: Tensor): Tensor => gelu(x),
  /** Probabilities along the last axis; range (0, 1), sum 1. */
  softmax: (x: Tensor): Tensor => softmax(x),
  /** -1 below 0, else 1. Its gradient is zero; `straightThrough(step)` has one. */
  step: (x: Tensor): Tensor => step(x),
} as const;

/** Name of a built-in activation. */
export type ActivationName = keyof typeof activations;

/** A built-in activation by name, or any function of a tensor. */
export type Activation = ActivationName | ((x: Tensor) => Tensor);

/**
 * Returns the function of an activation.
 *
 * @throws {AttributeError} for an unknown name.
 */
export function resolveActivation(where: string, activation: Activation): (x: Tensor) => Tensor {
  if (typeof activation === 'function') return activation;
  if (Object.hasOwn(activations, activation)) return activations[activation];
  throw new AttributeError(
    'ACTIVATION_UNKNOWN',
    `${where}: there is no such activation, got ${JSON.stringify(activation)}.\nExpected one of ${JSON.stringify(Object.keys(activations))}, or a function.`,
  );
}

/** Returns a layer that applies an activation. Keras `Activation`. */
export function activation(of: Activation, options: LayerOptions = {}): Layer {
  const apply = resolveActivation(options.name ?? 'activation', of);
  return createLayer(typeof of === 'string' ? of : 'activation', options, apply);
}
