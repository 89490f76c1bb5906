import type { ConvolutionAttributes, PoolingAttributes } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise, tensor } from '../../test/tensors.ts';
import type { ReferenceTensor } from '../tensor.ts';
import { sizeOf } from '../tensor.ts';
import { kernels } from './index.ts';
import type { KernelName } from './kernel.ts';

function compute<K extends KernelName>(
  operator: K,
  inputs: readonly ReferenceTensor[],
  attributes: Parameters<(typeof kernels)[K]>[0]['attributes'],
  shape: readonly number[],
): ReferenceTensor {
  const kernel = kernels[operator] as (call: object) => Float64Array;
  const data = kernel({
    inputs,
    attributes,
    dtype: 'float32',
    shape,
    bindings: {},
    where: operator,
  });
  expect(data.length).toBe(sizeOf(shape));
  return { dtype: 'float32', shape, data };
}

function inner(a: ReferenceTensor, b: ReferenceTensor): number {
  return a.data.reduce((sum, x, i) => sum + x * (b.data[i] as number), 0);
}

function expectEqual(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(expected)));
}

const small = (minimum: number, maximum: number) => fc.integer({ min: minimum, max: maximum });
const pair = (minimum: number, maximum: number) =>
  fc.tuple(small(minimum, maximum), small(minimum, maximum));
const outputSize = (size: number, pads: readonly [number, number], span: number, stride: number) =>
  Math.floor((size + pads[0] + pads[1] - span) / stride) + 1;

const convolutions = fc
  .record({
    batch: small(0, 2),
    filter: pair(1, 3),
    strides: pair(1, 3),
    dilations: pair(1, 3),
    padding: fc.tuple(pair(0, 2), pair(0, 2)),
    groups: small(1, 3),
    channels: pair(1, 2),
    extra: pair(0, 5),
    seed: small(0, 2 ** 20),
  })
  .map(({ batch, filter, strides, dilations, padding, groups, channels, extra, seed }) => {
    const span = filter.map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1);
    // large enough for one position of the window
    const size = span.map(
      (reach, axis) =>
        Math.max(reach - (padding[axis]?.[0] ?? 0) - (padding[axis]?.[1] ?? 0), 1) +
        (extra[axis] ?? 0),
    );
    const [height, width] = size as [number, number];
    const image = [batch, height, width, channels[0] * groups];
    const output = [
      batch,
      outputSize(height, padding[0], span[0] as number, strides[0]),
      outputSize(width, padding[1], span[1] as number, strides[1]),
      channels[1] * groups,
    ];
    const attributes: ConvolutionAttributes = { strides, dilations, padding, groups };
    return {
      image,
      filter: [...filter, channels[0], channels[1] * groups],
      output,
      attributes,
      seed,
    };
  });

describe('convolution gradients', () => {
  it('are the adjoints of conv2d in the image and in the filter', () => {
    fc.assert(
      fc.property(convolutions, ({ image, filter, output, attributes, seed }) => {
        const x = noise(image, seed);
        const w = noise(filter, seed + 1);
        const y = noise(output, seed + 2);
        const inputSize = [image[1] as number, image[2] as number] as const;
        const filterSize = [filter[0] as number, filter[1] as number] as const;
        const forward = inner(compute('conv2d', [x, w], attributes, output), y);
        const toImage = compute('conv2dInputGradient', [y, w], { ...attributes, inputSize }, image);
        const toFilter = compute(
          'conv2dFilterGradient',
          [x, y],
          { ...attributes, filterSize },
          filter,
        );
        expectEqual(inner(x, toImage), forward);
        expectEqual(inner(w, toFilter), forward);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

const poolings = fc
  .record({
    batch: small(0, 2),
    window: pair(1, 3),
    strides: pair(1, 3),
    padding: fc.tuple(pair(0, 2), pair(0, 2)),
    extra: pair(0, 4),
    channels: small(1, 2),
    seed: small(0, 2 ** 20),
  })
  .map(({ batch, window, strides, padding, extra, channels, seed }) => {
    const pads = padding.map((side, axis) =>
      side.map((pad) => Math.min(pad, (window[axis] as number) - 1)),
    ) as [[number, number], [number, number]];
    const height = window[0] + extra[0];
    const width = window[1] + extra[1];
    const image = [batch, height, width, channels];
    const output = [
      batch,
      outputSize(height, pads[0], window[0], strides[0]),
      outputSize(width, pads[1], window[1], strides[1]),
      channels,
    ];
    const attributes: PoolingAttributes = { windowSize: window, strides, padding: pads };
    return { image, output, attributes, seed };
  });

describe('pooling gradients', () => {
  it('are the adjoints of averagePool2d and of maxPool2dSelect', () => {
    fc.assert(
      fc.property(poolings, fc.boolean(), ({ image, output, attributes, seed }, ties) => {
        const continuous = noise(image, seed);
        const x = ties
          ? tensor(
              continuous.data.map((value) => Math.round(value)),
              image,
            )
          : continuous;
        const z = noise(image, seed + 1);
        const y = noise(output, seed + 2);
        const inputSize = [image[1] as number, image[2] as number] as const;
        expectEqual(
          inner(z, compute('averagePool2dGradient', [y], { ...attributes, inputSize }, image)),
          inner(compute('averagePool2d', [z], attributes, output), y),
        );
        expectEqual(
          inner(z, compute('maxPool2dGradient', [x, y], attributes, image)),
          inner(compute('maxPool2dSelect', [x, z], attributes, output), y),
        );
        // the selected elements of the image itself are its maxima
        expect(compute('maxPool2dSelect', [x, x], attributes, output)).toEqual(
          compute('maxPool2d', [x], attributes, output),
        );
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe('scatterAdd', () => {
  it('is the adjoint of gather along axis 0', () => {
    const cases = fc.record({
      rows: small(1, 5),
      inner: small(0, 3),
      indices: fc.array(small(0, 4), { maxLength: 12 }),
      seed: small(0, 2 ** 20),
    });
    fc.assert(
      fc.property(cases, ({ rows, inner: width, indices, seed }) => {
        const at = tensor(
          indices.map((index) => index % rows),
          [indices.length],
          'int32',
        );
        const x = noise([rows, width], seed);
        const y = noise([indices.length, width], seed + 1);
        expectEqual(
          inner(x, compute('scatterAdd', [at, y], { size: rows }, [rows, width])),
          inner(compute('gather', [x, at], { axis: 0 }, [indices.length, width]), y),
        );
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe('expand', () => {
  it('is the adjoint of summing over the stretched axes', () => {
    const cases = fc.record({
      shape: fc.array(small(0, 3), { maxLength: 4 }),
      stretched: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      seed: small(0, 2 ** 20),
    });
    fc.assert(
      fc.property(cases, ({ shape, stretched, seed }) => {
        const axes = shape.map((_, axis) => axis).filter((axis) => stretched[axis] === true);
        const from = shape.map((size, axis) => (stretched[axis] === true ? 1 : size));
        const x = noise(from, seed);
        const y = noise(shape, seed + 1);
        expectEqual(
          inner(compute('expand', [x], { shape }, shape), y),
          inner(x, compute('reduceSum', [y], { axes, keepDims: true }, from)),
        );
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});

describe('transpose, slice and pad', () => {
  it('undo each other', () => {
    const cases = fc.record({
      shape: fc.array(small(1, 3), { minLength: 1, maxLength: 4 }),
      order: fc.array(fc.double({ noNaN: true }), { minLength: 4, maxLength: 4 }),
      pads: fc.array(pair(0, 2), { minLength: 4, maxLength: 4 }),
      seed: small(0, 2 ** 20),
    });
    fc.assert(
      fc.property(cases, ({ shape, order, pads, seed }) => {
        const x = noise(shape, seed);
        const permutation = shape
          .map((_, axis) => axis)
          .sort((a, b) => (order[a] as number) - (order[b] as number));
        const back = permutation.map((_, axis) => permutation.indexOf(axis));
        const turned = compute(
          'transpose',
          [x],
          { permutation },
          permutation.map((axis) => shape[axis] as number),
        );
        expect(compute('transpose', [turned], { permutation: back }, shape)).toEqual(x);

        const before = shape.map((_, axis) => pads[axis]?.[0] ?? 0);
        const after = shape.map((_, axis) => pads[axis]?.[1] ?? 0);
        const padded = shape.map(
          (size, axis) => size + (before[axis] as number) + (after[axis] as number),
        );
        const bordered = compute('pad', [x], { before, after, value: 9 }, padded);
        const strides = shape.map(() => 1);
        expect(
          compute('slice', [bordered], { starts: before, sizes: shape, strides }, shape),
        ).toEqual(x);
        const border = bordered.data.filter((value) => value === 9).length;
        expect(border).toBe(sizeOf(padded) - sizeOf(shape));
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});
