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
import { createTensorLayer } from './tensor-layer.ts';

/** Name of a built-in activation. */
export type ActivationName =
  | 'linear'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leakyRelu'
  | 'elu'
  | 'softplus'
  | 'gelu'
  | 'softmax'
  | 'step';

const activations: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  /** The identity; range all reals. */
  linear: (x) => x,
  /** `1 / (1 + e^-x)`; range (0, 1). */
  sigmoid: (x) => sigmoid(x),
  /** Hyperbolic tangent; range (-1, 1). */
  tanh: (x) => tanh(x),
  /** `max(x, 0)`; range [0, ∞). */
  relu: (x) => relu(x),
  /** `x` or `0.3·x`; range all reals. */
  leakyRelu: (x) => leakyRelu(x),
  /** `x` or `e^x - 1`; range (-1, ∞). */
  elu: (x) => elu(x),
  /** `log(1 + e^x)`; range (0, ∞). */
  softplus: (x) => softplus(x),
  /** `x·Φ(x)`; range about [-0.17, ∞). */
  gelu: (x) => gelu(x),
  /** Probabilities along the last axis; range (0, 1), sum 1. */
  softmax: (x) => softmax(x),
  /** -1 below 0, else 1. Its gradient is zero; `straightThrough(step)` has one. */
  step: (x) => step(x),
};

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
  return createTensorLayer(typeof of === 'string' ? of : 'activation', options, apply);
}
