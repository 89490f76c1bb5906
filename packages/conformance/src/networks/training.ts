import type { Tensor } from '@etalon/compiler';
import {
  add,
  div,
  mul,
  sqrt,
  sub,
  tensor,
  traceProgram,
  valueAndGradientWithAuxiliary,
} from '@etalon/compiler';
import type { ReferenceTensor } from '@etalon/reference';
import { evaluateProgram } from '@etalon/reference';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { HostTensors, Tensors } from '../cases/case.ts';
import type { Network, OptimizerName, TrainedForward } from './definitions.ts';
import { batchOf, crossEntropy, typesOf } from './definitions.ts';

/** A program of one training step and what it is fed. */
export interface Training {
  /** Inputs `state/…`, `x`, `labels` and rates; outputs `loss` and `state/…`. */
  readonly program: ProgramV1;
  /** State before the first step, by input name. */
  readonly state: HostTensors;
  /** Data, the same in each step. */
  readonly data: HostTensors;
  /** Rates of a step, counted from 0: what depends on the step's number is computed on the host. */
  readonly rates: (step: number) => HostTensors;
}

/** Settings of the optimizers, those of the golden runs: PyTorch's defaults but for the rates. */
const SGD_RATE = 0.1;
const ADAM = { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** Returns the training of a network by an optimizer. */
export function trainingOf(network: Network, optimizer: OptimizerName): Training {
  return optimizer === 'sgd' ? sgd(network) : adam(network);
}

function gradients(network: Network, parameters: Tensors, x: Tensor, labels: Tensor) {
  return valueAndGradientWithAuxiliary((point: Tensors) => {
    const forward: TrainedForward = network.trained?.(point, x) ?? {
      logits: network.forward(point, x),
    };
    const { logits, moved = {}, penalty } = forward;
    const loss = crossEntropy(logits, labels);
    return { value: penalty === undefined ? loss : add(loss, penalty), auxiliary: moved };
  })(parameters);
}

function each(tensors: Tensors, map: (tensor: Tensor, name: string) => Tensor): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, value]) => [name, map(value, name)]),
  );
}

// θ ← θ - rate · g
function sgd(network: Network): Training {
  const types = {
    state: { parameters: typesOf(network.parameters) },
    x: batchOf(network.input),
    labels: batchOf(network.labels),
    rate: tensor('float32', []),
  };
  const program = traceProgram(`${network.name}, sgd`, types, ({ state, x, labels, rate }) => {
    const {
      value,
      gradients: slopes,
      auxiliary: moved,
    } = gradients(network, state.parameters, x, labels);
    const parameters = each(
      state.parameters,
      (p, name) => moved[name] ?? sub(p, mul(rate, at(slopes, name))),
    );
    return { loss: value, state: { parameters } };
  });
  return {
    program,
    state: prefixed('state/parameters', network.parameters),
    data: { x: network.input, labels: network.labels },
    rates: () => ({ rate: scalar(SGD_RATE) }),
  };
}

// m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², θ ← θ - rate/(1-β₁ᵗ) · m / (√v/√(1-β₂ᵗ) + ε)
function adam(network: Network): Training {
  const { rate, beta1, beta2, epsilon } = ADAM;
  const own = typesOf(network.parameters);
  const types = {
    state: { parameters: own, first: own, second: own },
    x: batchOf(network.input),
    labels: batchOf(network.labels),
    rate: tensor('float32', []),
    scale: tensor('float32', []),
  };
  const program = traceProgram(`${network.name}, adam`, types, (inputs) => {
    const { state, x, labels } = inputs;
    const {
      value,
      gradients: slopes,
      auxiliary: moved,
    } = gradients(network, state.parameters, x, labels);
    const first = each(state.first, (m, name) =>
      add(mul(m, beta1), mul(at(slopes, name), 1 - beta1)),
    );
    const second = each(state.second, (v, name) =>
      add(mul(v, beta2), mul(mul(at(slopes, name), at(slopes, name)), 1 - beta2)),
    );
    const parameters = each(state.parameters, (p, name) => {
      const size = add(mul(sqrt(at(second, name)), inputs.scale), epsilon);
      return moved[name] ?? sub(p, mul(inputs.rate, div(at(first, name), size)));
    });
    return { loss: value, state: { parameters, first, second } };
  });
  const zeros = Object.fromEntries(
    Object.entries(network.parameters).map(([name, { shape, data }]): [string, HostTensor] => [
      name,
      { dtype: 'float32', shape, data: new Float32Array(data.length) },
    ]),
  );
  return {
    program,
    state: {
      ...prefixed('state/parameters', network.parameters),
      ...prefixed('state/first', zeros),
      ...prefixed('state/second', zeros),
    },
    data: { x: network.input, labels: network.labels },
    rates: (step) => ({
      rate: scalar(rate / (1 - beta1 ** (step + 1))),
      scale: scalar(1 / Math.sqrt(1 - beta2 ** (step + 1))),
    }),
  };
}

function at(tensors: Tensors, name: string): Tensor {
  const found = tensors[name];
  if (found !== undefined) return found;
  throw new InternalError('INTERNAL_VALUE', `conformance: the training has no tensor "${name}".`);
}

function scalar(value: number): HostTensor {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) };
}

function prefixed(prefix: string, tensors: HostTensors): HostTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, value]) => [`${prefix}/${name}`, value]),
  );
}

/** A training run: the loss before each step, and the parameters after the last. */
export interface Trajectory {
  readonly losses: readonly number[];
  readonly parameters: Readonly<Record<string, { readonly data: ArrayLike<number> }>>;
}

const known = new Map<string, Trajectory>();

/** Returns the trajectory in float64, nothing rounded between steps; computed once. */
export function referenceTrajectory(
  network: Network,
  optimizer: OptimizerName,
  steps: number,
): Trajectory {
  const key = `${network.name} ${optimizer} ${steps}`;
  const trajectory = known.get(key) ?? computeTrajectory(trainingOf(network, optimizer), steps);
  known.set(key, trajectory);
  return trajectory;
}

function computeTrajectory(training: Training, steps: number): Trajectory {
  const { program, data, rates } = training;
  let state: Readonly<Record<string, HostTensor | ReferenceTensor>> = training.state;
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { loss, ...next } = evaluateProgram(program, { ...state, ...data, ...rates(step) });
    losses.push(loss?.data[0] ?? Number.NaN);
    state = next;
  }
  return { losses, parameters: parametersOf(state) };
}

/** Picks the parameters out of a state, by their own names. */
export function parametersOf<T>(state: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  const prefix = 'state/parameters/';
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}
