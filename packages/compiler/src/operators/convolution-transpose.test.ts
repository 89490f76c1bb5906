import type { Dimension, Pair } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { evaluateShape } from '../dimension/index.ts';
import { formatShape } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { tensor, traceProgram } from '../tracing/trace-program.ts';
import type { Conv2dOptions } from './convolution.ts';
import { conv2dTranspose } from './convolution-transpose.ts';

function shapeOf(
  sizes: readonly [Dimension, Dimension],
  kernel: Pair,
  options: Conv2dOptions,
  channels: Pair = [2, 3],
): Tensor['shape'] {
  let shape: Tensor['shape'] = [];
  const types = {
    x: tensor('float32', ['batch', ...sizes, 3]),
    filter: tensor('float32', [...kernel, ...channels]),
  };
  traceProgram('transpose', types, ({ x, filter }) => {
    const y = conv2dTranspose(x, filter, options);
    shape = y.shape;
    return { y };
  });
  return shape;
}

const counts = [1, 2, 3];
const cases = [1, 2, 3, 4].flatMap((kernel) =>
  counts.flatMap((stride) => [1, 2].map((dilation) => ({ kernel, stride, dilation }))),
);

describe('conv2dTranspose', () => {
  // compute_conv_transpose_output_shape of Keras 3, without output padding
  it.each(cases)(
    'has the sizes of Keras, named or fixed, for $kernel, $stride, $dilation',
    ({ kernel, stride, dilation }) => {
      const reach = (kernel - 1) * dilation + 1;
      const options = { strides: [stride, 1], dilations: [dilation, 1] } as const;
      for (const [padding, size] of [
        ['valid', (n: number) => (n - 1) * stride + Math.max(reach, stride)],
        ['same', (n: number) => n * stride],
      ] as const) {
        const named = shapeOf(['height', 'width'], [kernel, 1], { ...options, padding });
        for (const height of [1, 2, 5]) {
          const expected = [1, size(height), 4, 2];
          expect(evaluateShape(named, { batch: 1, height, width: 4 })).toEqual(expected);
          const fixed = shapeOf([height, 4], [kernel, 1], { ...options, padding });
          expect(fixed).toEqual(['batch', ...expected.slice(1)]);
        }
      }
    },
  );

  it('takes explicit padding away from both ends', () => {
    const options = {
      strides: 2,
      padding: [
        [1, 0],
        [2, 1],
      ],
    } as const;
    expect(formatShape(shapeOf(['height', 6], [3, 4], options))).toBe('[batch, 2·height, 11, 2]');
  });

  it.each<[string, () => unknown, string, string]>([
    [
      'a filter whose channels are not those of the image',
      () => shapeOf([4, 4], [3, 3], {}, [3, 2]),
      'SHAPE_CONV2D_TRANSPOSE',
      'conv2dTranspose: the image does not fit the filter, got image float32[batch, 4, 4, 3] and filter float32[3, 3, 3, 2].\nExpected an image [batch, height, width, channels] and a filter [height, width, output channels, channels].',
    ],
    [
      'groups that do not divide the channels',
      () => shapeOf([4, 4], [3, 3], { groups: 2 }),
      'ATTRIBUTE_GROUPS',
      'groups must divide the output channels',
    ],
    [
      'padding that leaves nothing',
      () =>
        shapeOf([1, 4], [2, 2], {
          padding: [
            [2, 0],
            [0, 0],
          ],
        }),
      'SHAPE_CONV2D_TRANSPOSE',
      'conv2dTranspose: padding leaves nothing of the result, 0 × 5, got image',
    ],
  ])('refuses %s', (_, call, code, message) => {
    expect(caught(call)).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
