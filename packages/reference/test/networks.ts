import type { ConvolutionAttributes, PoolingAttributes, ProgramV1, ValueId } from '@etalon/spec';
import type { ReferenceTensor } from '../src/tensor.ts';
import { ProgramBuilder } from './programs.ts';
import { noise } from './tensors.ts';

const unpadded = [
  [0, 0],
  [0, 0],
] as const;
const plain: ConvolutionAttributes = {
  strides: [1, 1],
  padding: unpadded,
  dilations: [1, 1],
  groups: 1,
};
const halving: PoolingAttributes = { windowSize: [2, 2], strides: [2, 2], padding: unpadded };

/** A program with inputs that fit it. */
export interface Network {
  readonly program: ProgramV1;
  readonly inputs: Readonly<Record<string, ReferenceTensor>>;
}

function scaledNoise(shape: readonly number[], seed: number, scale: number): ReferenceTensor {
  const { data, ...rest } = noise(shape, seed);
  return { ...rest, data: data.map((x) => Math.fround(x * scale)) };
}

/**
 * Two dense layers with softmax cross entropy and the gradient of both weight matrices, written out: sums,
 * broadcasting, exp, log, division and a comparison.
 */
export function denseTraining(seed: number): Network {
  const builder = new ProgramBuilder();
  const x = builder.input('x', 'float32', [6, 20]);
  const w1 = builder.input('w1', 'float32', [20, 12]);
  const b1 = builder.input('b1', 'float32', [12]);
  const w2 = builder.input('w2', 'float32', [12, 5]);
  const target = builder.input('target', 'float32', [6, 5]);
  const zero = builder.constant({ dtype: 'float32', shape: [], data: Float32Array.of(0) });
  const linear = builder.float('add', [builder.float('matmul', [x, w1], [6, 12]), b1], [6, 12]);
  const hidden = builder.float('relu', [linear], [6, 12]);
  const logits = builder.float('matmul', [hidden, w2], [6, 5]);
  const log = builder.float('logSoftmax', [logits], [6, 5], { axis: 1 });
  const chosen = builder.float('mul', [log, target], [6, 5]);
  const loss = builder.float('reduceSum', [chosen], [], { axes: [0, 1], keepDims: false });
  const probabilities = builder.float('softmax', [logits], [6, 5], { axis: 1 });
  const dLogits = builder.float('sub', [probabilities, target], [6, 5]);
  const transposed = (value: ValueId, rows: number, columns: number) =>
    builder.float('transpose', [value], [columns, rows], { permutation: [1, 0] });
  const dw2 = builder.float('matmul', [transposed(hidden, 6, 12), dLogits], [12, 5]);
  const dHidden = builder.float('matmul', [dLogits, transposed(w2, 12, 5)], [6, 12]);
  const active = builder.node('greater', [linear, zero], {}, { dtype: 'bool', shape: [6, 12] });
  const dLinear = builder.float('where', [active, dHidden, zero], [6, 12]);
  const dw1 = builder.float('matmul', [transposed(x, 6, 20), dLinear], [20, 12]);
  const program = builder
    .output('loss', loss)
    .output('dw1', dw1)
    .output('dw2', dw2)
    .build('dense_training');
  const inputs = {
    x: noise([6, 20], seed),
    w1: scaledNoise([20, 12], seed + 1, 0.4),
    b1: scaledNoise([12], seed + 2, 0.1),
    w2: scaledNoise([12, 5], seed + 3, 0.5),
    target: oneHot([3, 0, 4, 1, 1, 2], 5),
  };
  return { program, inputs };
}

function oneHot(labels: readonly number[], depth: number): ReferenceTensor {
  const data = new Float64Array(labels.length * depth);
  labels.forEach((label, row) => {
    data[row * depth + label] = 1;
  });
  return { dtype: 'float32', shape: [labels.length, depth], data };
}

/** A convolution, relu and max pooling with the gradient of image and filter. */
export function convolutionTraining(seed: number): Network {
  const builder = new ProgramBuilder();
  const image = builder.input('image', 'float32', [2, 8, 8, 3]);
  const filter = builder.input('filter', 'float32', [3, 3, 3, 4]);
  const dy = builder.input('dy', 'float32', [2, 3, 3, 4]);
  const convolved = builder.float('conv2d', [image, filter], [2, 6, 6, 4], plain);
  const active = builder.float('tanh', [convolved], [2, 6, 6, 4]);
  const pooled = builder.float('maxPool2d', [active], [2, 3, 3, 4], halving);
  const toActive = builder.float('maxPool2dGradient', [active, dy], [2, 6, 6, 4], halving);
  const one = builder.constant({ dtype: 'float32', shape: [], data: Float32Array.of(1) });
  const squared = builder.float('mul', [active, active], [2, 6, 6, 4]);
  const slope = builder.float('sub', [one, squared], [2, 6, 6, 4]);
  const toConvolved = builder.float('mul', [toActive, slope], [2, 6, 6, 4]);
  const dFilter = builder.float('conv2dFilterGradient', [image, toConvolved], [3, 3, 3, 4], {
    ...plain,
    filterSize: [3, 3],
  });
  const dImage = builder.float('conv2dInputGradient', [toConvolved, filter], [2, 8, 8, 3], {
    ...plain,
    inputSize: [8, 8],
  });
  const program = builder
    .output('pooled', pooled)
    .output('dFilter', dFilter)
    .output('dImage', dImage)
    .build('convolution_training');
  const inputs = {
    image: noise([2, 8, 8, 3], seed),
    filter: scaledNoise([3, 3, 3, 4], seed + 1, 0.3),
    dy: noise([2, 3, 3, 4], seed + 2),
  };
  return { program, inputs };
}

/** The network of the golden file: two convolutions, max pooling, a mean, a dense layer. */
export function goldenNetwork(): ProgramV1 {
  const builder = new ProgramBuilder();
  const x = builder.input('x', 'float32', ['batch', 12, 12, 1]);
  const w1 = builder.input('w1', 'float32', [3, 3, 1, 8]);
  const b1 = builder.input('b1', 'float32', [8]);
  const w2 = builder.input('w2', 'float32', [3, 3, 8, 6]);
  const b2 = builder.input('b2', 'float32', [6]);
  const w3 = builder.input('w3', 'float32', [6, 4]);
  const layer = (
    input: ValueId,
    filter: ValueId,
    bias: ValueId,
    size: number,
    channels: number,
  ) => {
    const shape = ['batch', size, size, channels];
    const convolved = builder.float('conv2d', [input, filter], shape, plain);
    return builder.float('relu', [builder.float('add', [convolved, bias], shape)], shape);
  };
  const first = layer(x, w1, b1, 10, 8);
  const pooled = builder.float('maxPool2d', [first], ['batch', 5, 5, 8], halving);
  const second = layer(pooled, w2, b2, 3, 6);
  const mean = builder.float('reduceMean', [second], ['batch', 6], {
    axes: [1, 2],
    keepDims: false,
  });
  const logits = builder.float('matmul', [mean, w3], ['batch', 4]);
  const log = builder.float('logSoftmax', [logits], ['batch', 4], { axis: 1 });
  return builder.output('y', log).build('golden_network');
}
