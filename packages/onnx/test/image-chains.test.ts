import type { Tensor } from '@etalon/compiler';
import {
  add,
  averagePool2d,
  cast,
  concat,
  conv2d,
  expand,
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
import type { ProgramV1 } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNearReference, noise } from './support/near-reference.ts';

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
  stretch: ({ a }) => mul(a, expand(reduceMean(a, { axes: [3], keepDims: true }), a.shape)),
};

const step = fc.record({
  name: fc.constantFrom(...Object.keys(steps)),
  a: fc.nat({ max: 2 }),
  b: fc.nat({ max: 4 }),
  axis: fc.integer({ min: 1, max: 3 }),
});

function chain(list: readonly { name: string; a: number; b: number; axis: number }[]): ProgramV1 {
  const inputs = {
    image: tensor('float32', shape),
    filter: tensor('float32', [3, 3, CHANNELS, CHANNELS]),
    row: tensor('float32', [CHANNELS]),
  };
  return traceProgram('chain', inputs, ({ image, filter, row }) => {
    const images = [image];
    const back = (distance: number): Tensor =>
      images[Math.max(images.length - 1 - distance, 0)] ?? image;
    for (const { name, a, b, axis } of list) {
      const next = steps[name]?.({ a: back(a), b: back(b), filter, row, axis });
      images.push(next ?? image);
    }
    const kept = images.slice(-3).map((value, index) => [`y${index}`, value]);
    return Object.fromEntries(kept) as Record<string, Tensor>;
  });
}

describe('encodeOnnx of chains of image operators', () => {
  it('computes what the reference does, in whatever layout each step works', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 9 }), async (list) => {
        const shared = { filter: noise([3, 3, CHANNELS, CHANNELS], 1), row: noise([CHANNELS], 2) };
        const runs = [1, 2].map((batch) => ({
          image: noise([batch, SIZE, SIZE, CHANNELS], batch),
          ...shared,
        }));
        await expectNearReference(chain(list), runs);
      }),
      { numRuns: 150, seed: 20261123 },
    );
  });

  it('can tell a wrong result from a right one on most chains', async () => {
    const list = Object.keys(steps)
      .filter((name) => !['choose', 'round'].includes(name))
      .map((name, index) => ({ name, a: 0, b: 2, axis: 1 + (index % 3) }));
    const feeds = {
      image: noise([2, SIZE, SIZE, CHANNELS], 1),
      filter: noise([3, 3, CHANNELS, CHANNELS], 1),
      row: noise([CHANNELS], 2),
    };
    expect(await expectNearReference(chain(list.slice(0, 9)), [feeds])).toBe(1);
    expect(await expectNearReference(chain(list.slice(9)), [feeds])).toBe(1);
  });
});
