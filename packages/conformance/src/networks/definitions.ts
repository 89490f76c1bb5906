import type { Tensor, TensorType } from '@etalon/compiler';
import {
  add,
  conv2d,
  logSoftmax,
  maxPool2d,
  mul,
  neg,
  oneHot,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  tanh,
  tensor,
} from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import type { HostTensors, Tensors } from '../cases/case.ts';
import { parseTensor } from '../cases/tensor-text.ts';
import vectors from '../vectors/networks.json' with { type: 'json' };
import { attention } from './attention.ts';
import { critic, trainCritic } from './critic.ts';
import { batchNormalized, sequence, trainBatchNormalized } from './normalized.ts';
import { linear, part } from './parameters.ts';
import { recurrent } from './recurrent.ts';

/** Optimizers whose training is compared. */
export type OptimizerName = 'sgd' | 'adam';

/** A training run by another implementation. */
export interface GoldenTraining {
  readonly losses: readonly number[];
  /** Parameters after the last step. */
  readonly parameters: HostTensors;
}

/** A small network with seeded parameters, data, and what PyTorch makes of them. */
export interface Network {
  readonly name: string;
  readonly parameters: HostTensors;
  readonly input: HostTensor;
  readonly labels: HostTensor;
  readonly logits: HostTensor;
  readonly training: Readonly<Record<OptimizerName, GoldenTraining>>;
  readonly forward: (parameters: Tensors, x: Tensor) => Tensor;
  /** What the network does in training, where that is something else. */
  readonly trained?: (parameters: Tensors, x: Tensor) => TrainedForward;
}

/** A pass in training. */
export interface TrainedForward {
  readonly logits: Tensor;
  /** Next values of parameters that no gradient changes, by name. */
  readonly moved?: Tensors;
  /** What the loss is beside the cross entropy. */
  readonly penalty?: Tensor;
}

/** Applies a layer's kernel and bias to an image, its size kept. */
function convolution(parameters: Tensors, name: string, x: Tensor): Tensor {
  const kernel = part(parameters, `${name}/kernel`);
  return add(conv2d(x, kernel, { padding: 'same' }), part(parameters, `${name}/bias`));
}

function dense(parameters: Tensors, x: Tensor): Tensor {
  const first = tanh(linear(parameters, 'dense_1', x));
  return linear(parameters, 'dense_3', relu(linear(parameters, 'dense_2', first)));
}

function convolutional(parameters: Tensors, x: Tensor): Tensor {
  const first = maxPool2d(relu(convolution(parameters, 'conv2d_1', x)), { windowSize: 2 });
  const second = maxPool2d(relu(convolution(parameters, 'conv2d_2', first)), { windowSize: 2 });
  return linear(parameters, 'dense_1', reshape(second, [x.shape[0] ?? 1, -1]));
}

/** Returns the mean cross entropy of logits `[batch, classes]` and int32 labels `[batch]`. */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const classes = logits.shape[1];
  const picked = mul(
    logSoftmax(logits),
    oneHot(labels, { depth: typeof classes === 'number' ? classes : 1 }),
  );
  return neg(reduceMean(reduceSum(picked, { axes: 1 })));
}

/** Declares a batch of some input, of a size that each run binds. */
export function batchOf({ dtype, shape }: HostTensor): TensorType {
  return tensor(dtype, ['batch', ...shape.slice(1)]);
}

/** Declares tensors as they are. */
export function typesOf(tensors: HostTensors): Readonly<Record<string, TensorType>> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape }]) => [name, tensor(dtype, shape)]),
  );
}

function read(texts: Readonly<Record<string, string>>): HostTensors {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, parseTensor(text)]));
}

interface TrainingText {
  readonly losses: readonly number[];
  readonly parameters: Readonly<Record<string, string>>;
}

function training({ losses, parameters }: TrainingText): GoldenTraining {
  return { losses, parameters: read(parameters) };
}

function network(
  name: keyof typeof vectors.networks,
  functions: Pick<Network, 'forward' | 'trained'>,
): Network {
  const { input, labels, logits, parameters, training: runs } = vectors.networks[name];
  return {
    name,
    parameters: read(parameters),
    input: parseTensor(input),
    labels: parseTensor(labels),
    logits: parseTensor(logits),
    training: { sgd: training(runs.sgd), adam: training(runs.adam) },
    ...functions,
  };
}

/** The networks that are compared. */
export const networks: readonly Network[] = [
  network('dense', { forward: dense }),
  network('convolutional', { forward: convolutional }),
  network('sequence', { forward: sequence }),
  network('recurrent', { forward: recurrent }),
  network('attention', { forward: attention }),
  network('batchNormalized', { forward: batchNormalized, trained: trainBatchNormalized }),
  network('critic', { forward: critic, trained: trainCritic }),
];
