import type { Tensor } from '@etalon/compiler';
import {
  add,
  averagePool2d,
  cast,
  concat,
  constant,
  conv2d,
  expand,
  gather,
  gradient,
  greater,
  logicalNot,
  maxPool2d,
  mul,
  pad,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  tensor,
  traceProgram,
  transpose,
  where,
} from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';
import fc from 'fast-check';
import type { Feeds } from './near-reference.ts';
import { noise } from './near-reference.ts';

const SIZE = 4;
const CHANNELS = 3;
const shape = ['batch', SIZE, SIZE, CHANNELS];

/** Operands of a step: earlier images of one shape, a filter and a row of one number per channel. */
interface Operands {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly filter: Tensor;
  readonly row: Tensor;
  readonly axis: number;
}

function order(data: readonly number[]): HostTensor {
  return { dtype: 'int32', shape: [data.length], data: Int32Array.from(data) };
}

/** Steps from images to an image of the same shape. Some work in NCHW, some cannot. */
const steps: Readonly<Record<string, (operands: Operands) => Tensor>> = {
  convolve: ({ a, filter }) => conv2d(a, filter, { padding: 'same' }),
  convolveWithBias: ({ a, filter, row }) => add(conv2d(a, filter, { padding: 'same' }), row),
  pool: ({ a }) => maxPool2d(a, { windowSize: 3, strides: 1, padding: 'same' }),
  average: ({ a }) => averagePool2d(a, { windowSize: 3, strides: 1, padding: 'same' }),
  add: ({ a, b }) => mul(add(a, b), 0.5),
  scale: ({ a, row }) => mul(row, a),
  relu: ({ a }) => relu(a),
  sigmoid: ({ a }) => sigmoid(a),
  choose: ({ a, b }) => where(logicalNot(greater(a, 0.1)), b, a),
  round: ({ a }) => cast(cast(mul(a, 8), 'int32'), 'float32'),
  softmax: ({ a, axis }) => softmax(a, { axis }),
  centre: ({ a, axis }) => add(a, reduceMean(a, { axes: [axis], keepDims: true })),
  spread: ({ a }) => mul(a, reduceMax(a, { axes: [1, 2], keepDims: true })),
  perImage: ({ a }) => add(a, reshape(reduceMean(a, { axes: [1, 2] }), ['batch', 1, 1, CHANNELS])),
  perPixel: ({ a }) => mul(a, reshape(reduceSum(a, { axes: [3] }), ['batch', SIZE, SIZE, 1])),
  plane: ({ a }) => mul(a, reduceMean(a, { axes: [0] })),
  matrix: ({ a }) => add(a, reduceMean(a, { axes: [0, 1] })),
  turn: ({ a }) => transpose(a, [0, 2, 1, 3]),
  flatten: ({ a }) => reshape(reshape(a, ['batch', SIZE * SIZE * CHANNELS]), a.shape),
  cut: ({ a, b, axis }) => {
    const joined = concat([b, a], { axis });
    return slice(joined, {
      starts: joined.shape.map((_, at) => (at === axis ? 1 : 0)),
      sizes: a.shape,
    });
  },
  border: ({ a }) =>
    slice(pad(a, { before: [0, 1, 0, 2], after: [0, 0, 3, 0], value: 0.25 }), {
      starts: [0, 0, 2, 1],
      sizes: a.shape,
    }),
  reorder: ({ a, axis }) =>
    gather(a, constant(order(axis === 3 ? [2, 0, 1] : [3, 1, 0, 2])), { axis }),
  stretch: ({ a }) => mul(a, expand(reduceMean(a, { axes: [3], keepDims: true }), a.shape)),
};

/** A step by name; `a` and `b` count back from the last image. */
export interface ImageStep {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly axis: number;
}

/** Names of all steps. */
export const stepNames: readonly string[] = Object.keys(steps);

/** Steps that round a sum, which comes out otherwise when its terms come in another order. */
export const summingSteps: readonly string[] = [
  'softmax',
  'centre',
  'perImage',
  'perPixel',
  'plane',
  'matrix',
  'stretch',
];

/** Makes up to `maxLength` steps of the given names. */
export function imageSteps(
  names: readonly string[],
  maxLength = 9,
): fc.Arbitrary<readonly ImageStep[]> {
  const step = fc.record({
    name: fc.constantFrom(...names),
    a: fc.nat({ max: 2 }),
    b: fc.nat({ max: 4 }),
    axis: fc.integer({ min: 1, max: 3 }),
  });
  return fc.array(step, { minLength: 1, maxLength });
}

const inputs = {
  image: tensor('float32', shape),
  filter: tensor('float32', [3, 3, CHANNELS, CHANNELS]),
  row: tensor('float32', [CHANNELS]),
};

type Inputs = { readonly [K in keyof typeof inputs]: Tensor };

function follow(list: readonly ImageStep[], { image, filter, row }: Inputs): readonly Tensor[] {
  const images = [image];
  const back = (distance: number): Tensor =>
    images[Math.max(images.length - 1 - distance, 0)] ?? image;
  for (const { name, a, b, axis } of list) {
    const next = steps[name]?.({ a: back(a), b: back(b), filter, row, axis });
    images.push(next ?? image);
  }
  return images;
}

/** Returns the program of the steps; its outputs are the last three images. */
export function imageProgram(list: readonly ImageStep[]): ProgramV1 {
  return traceProgram('chain', inputs, (symbols) => {
    const kept = follow(list, symbols)
      .slice(-3)
      .map((value, index) => [`y${index}`, value]);
    return Object.fromEntries(kept) as Record<string, Tensor>;
  });
}

/** Returns the program of the gradients of the last image's squares with respect to all inputs. */
export function imageGradientProgram(list: readonly ImageStep[]): ProgramV1 {
  return traceProgram('gradients', inputs, (symbols) =>
    gradient((values: Inputs) => {
      const last = follow(list, values).at(-1) ?? values.image;
      return reduceMean(mul(last, add(last, 0.5)));
    })(symbols),
  );
}

/** Returns inputs of the programs. */
export function imageFeeds(batch: number): Feeds {
  return {
    image: noise([batch, SIZE, SIZE, CHANNELS], batch),
    filter: noise([3, 3, CHANNELS, CHANNELS], 1),
    row: noise([CHANNELS], 2),
  };
}
