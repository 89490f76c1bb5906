import type { ConvolutionAttributes, ValueType } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/caught.ts';
import { describeTypeRules, float, int } from '../../test/type-cases.ts';
import { addDimensions } from '../dimension/index.ts';
import { averagePool2d, conv2d, maxPool2d, nameScope, tensor, traceProgram } from '../index.ts';
import type { Tensor } from '../tracing/tensor.ts';

const plain: ConvolutionAttributes = {
  strides: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  dilations: [1, 1],
  groups: 1,
};
const padded: ConvolutionAttributes = {
  ...plain,
  padding: [
    [1, 1],
    [1, 1],
  ],
};

const refused =
  (error: string, code: string, message: string) =>
  (takes: readonly ValueType[], given: object) => ({ takes, with: given, error, code, message });

const image = float('n', 8, 8, 3);
const filter = float(3, 3, 3, 16);

describeTypeRules<'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient'>({
  conv2d: {
    accepts: [
      { takes: [image, filter], with: plain, gives: 'float32[n, 6, 6, 16]' },
      { takes: [image, filter], with: padded, gives: 'float32[n, 8, 8, 16]' },
      {
        takes: [image, filter],
        with: { ...padded, strides: [2, 3] },
        gives: 'float32[n, 4, 3, 16]',
      },
      {
        takes: [image, filter],
        with: { ...plain, dilations: [2, 3] },
        gives: 'float32[n, 4, 2, 16]',
      },
      {
        takes: [float('n', 'h', 'w', 4), float(3, 2, 2, 6)],
        with: { ...plain, strides: [2, 1], groups: 2 },
        gives: 'float32[n, ⌊(h+1)/2⌋−1, w−1, 6]',
      },
      {
        takes: [float(1, 5, 5, 'c'), float(1, 1, 'c', 2)],
        with: plain,
        gives: 'float32[1, 5, 5, 2]',
      },
      { takes: [float(0, 8, 8, 3), filter], with: plain, gives: 'float32[0, 6, 6, 16]' },
      { takes: [float(1, 0, 8, 3), filter], with: plain, gives: 'float32[1, 0, 6, 16]' },
      {
        takes: [float(1, 8, 8, 0), float(3, 3, 0, 2)],
        with: plain,
        gives: 'float32[1, 6, 6, 2]',
      },
    ],
    refuses: [
      refused(
        'DTypeError',
        'DTYPE_OPERAND',
        "the dtype of the image does not fit, got int32[1, 8, 8, 3].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
      )([int(1, 8, 8, 3), filter], plain),
      refused(
        'DTypeError',
        'DTYPE_OPERAND',
        "the dtype of the filter does not fit, got int32[3, 3, 3, 16].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
      )([image, int(3, 3, 3, 16)], plain),
      refused(
        'ShapeError',
        'SHAPE_RANK',
        'image must have rank 4 (NHWC), got float32[n, 8, 8].',
      )([float('n', 8, 8), filter], plain),
      refused(
        'ShapeError',
        'SHAPE_RANK',
        'filter must have rank 4 (HWIO), got float32[3, 3, 3].',
      )([image, float(3, 3, 3)], plain),
      refused(
        'ShapeError',
        'SHAPE_CONV2D_FILTER',
        'filter height and width must be fixed and at least 1, got float32[k, 3, 3, 16] (HWIO).',
      )([image, float('k', 3, 3, 16)], plain),
      refused(
        'ShapeError',
        'SHAPE_CONV2D_FILTER',
        'filter height and width must be fixed and at least 1, got float32[0, 3, 3, 16] (HWIO).',
      )([image, float(0, 3, 3, 16)], plain),
      refused(
        'ShapeError',
        'SHAPE_CONV2D_CHANNELS',
        "channels do not match, got image float32[n, 8, 8, 3] (NHWC) and filter float32[3, 3, 1, 16] (HWIO) in 1 group.\nExpected the image's last axis to be the filter's third axis times the groups.",
      )([image, float(3, 3, 1, 16)], plain),
      refused(
        'ShapeError',
        'SHAPE_CONV2D_CHANNELS',
        "channels do not match, got image float32[n, 8, 8, 3] (NHWC) and filter float32[3, 3, 3, 16] (HWIO) in 3 groups.\nExpected the image's last axis to be the filter's third axis times the groups.",
      )([image, filter], { ...plain, groups: 3 }),
      refused(
        'AttributeError',
        'ATTRIBUTE_GROUPS',
        'groups must divide the output channels of filter float32[3, 3, 1, 16] (HWIO), got 3 groups.',
      )([image, float(3, 3, 1, 16)], { ...plain, groups: 3 }),
      refused(
        'AttributeError',
        'ATTRIBUTE_INTEGER',
        'groups must be an integer of at least 1, got 0.',
      )([image, filter], { ...plain, groups: 0 }),
      refused(
        'AttributeError',
        'ATTRIBUTE_INTEGER',
        'strides must be an integer of at least 1, got 0.',
      )([image, filter], { ...plain, strides: [0, 1] }),
      refused(
        'AttributeError',
        'ATTRIBUTE_PAIR',
        'strides must be two numbers, for height and width, got [1].',
      )([image, filter], { ...plain, strides: [1] }),
      refused(
        'AttributeError',
        'ATTRIBUTE_INTEGER',
        'dilations must be an integer of at least 1, got 0.',
      )([image, filter], { ...plain, dilations: [1, 0] }),
      refused(
        'AttributeError',
        'ATTRIBUTE_INTEGER',
        'padding must be an integer of at least 0, got -1.',
      )([image, filter], {
        ...plain,
        padding: [
          [0, 0],
          [0, -1],
        ],
      }),
      refused(
        'AttributeError',
        'ATTRIBUTE_PADDING',
        `padding must be 'valid', 'same' or [[top, bottom], [left, right]], got "SAME".`,
      )([image, filter], { ...plain, padding: 'SAME' }),
      refused(
        'ShapeError',
        'SHAPE_WINDOW_TOO_LARGE',
        "the window does not fit, got width 2 with padding 0 + 0 for a window that spans 3.\nFix: pad the image (padding: 'same') or use a smaller window.",
      )([float('n', 8, 2, 3), filter], plain),
      refused(
        'ShapeError',
        'SHAPE_WINDOW_TOO_LARGE',
        "the window does not fit, got height 8 with padding 1 + 1 for a window that spans 11.\nFix: pad the image (padding: 'same') or use a smaller window.",
      )([image, filter], { ...padded, dilations: [5, 1] }),
    ],
  },
  conv2dInputGradient: {
    accepts: [
      {
        takes: [float('n', 6, 6, 16), filter],
        with: { ...plain, inputSize: [8, 8] },
        gives: 'float32[n, 8, 8, 3]',
      },
      {
        takes: [float('n', 4, 4, 16), filter],
        with: { ...padded, strides: [2, 2], inputSize: [7, 8] },
        gives: 'float32[n, 7, 8, 3]',
      },
      {
        takes: [float('n', addDimensions('h', -2), 6, 6), float(3, 3, 2, 6)],
        with: { ...plain, groups: 2, inputSize: ['h', 8] },
        gives: 'float32[n, h, 8, 4]',
      },
    ],
    refuses: [
      refused(
        'ShapeError',
        'SHAPE_CONV2D_GRADIENT',
        'the output gradient does not fit the convolution, got float32[n, 5, 6, 16].\nExpected [n, 6, 6, 16].',
      )([float('n', 5, 6, 16), filter], { ...plain, inputSize: [8, 8] }),
      refused(
        'ShapeError',
        'SHAPE_RANK',
        'output gradient must have rank 4 (NHWC), got float32[n, 6, 6].',
      )([float('n', 6, 6), filter], { ...plain, inputSize: [8, 8] }),
      refused(
        'ShapeError',
        'SHAPE_RANK',
        'filter must have rank 4 (HWIO), got float32[3, 3].',
      )([float('n', 6, 6, 16), float(3, 3)], { ...plain, inputSize: [8, 8] }),
      refused(
        'AttributeError',
        'ATTRIBUTE_PAIR',
        'inputSize must be two sizes, height and width, got undefined.',
      )([float('n', 6, 6, 16), filter], plain),
      refused(
        'AttributeError',
        'ATTRIBUTE_INTEGER',
        'groups must be an integer of at least 1, got 0.5.',
      )([float('n', 6, 6, 16), filter], { ...plain, groups: 0.5, inputSize: [8, 8] }),
    ],
  },
  conv2dFilterGradient: {
    accepts: [
      {
        takes: [image, float('n', 6, 6, 16)],
        with: { ...plain, filterSize: [3, 3] },
        gives: 'float32[3, 3, 3, 16]',
      },
      {
        takes: [float('n', 'h', 8, 4), float('n', addDimensions('h', -2), 8, 6)],
        with: { ...plain, groups: 2, filterSize: [3, 1] },
        gives: 'float32[3, 1, 2, 6]',
      },
      {
        takes: [float(1, 5, 5, 'c'), float(1, 5, 5, 2)],
        with: { ...plain, filterSize: [1, 1] },
        gives: 'float32[1, 1, c, 2]',
      },
    ],
    refuses: [
      refused(
        'ShapeError',
        'SHAPE_CONV2D_GRADIENT',
        'the output gradient does not fit the convolution, got float32[n, 6, 6, 16].\nExpected [n, 7, 6, 16].',
      )([image, float('n', 6, 6, 16)], { ...plain, filterSize: [2, 3] }),
      refused(
        'ShapeError',
        'SHAPE_CONV2D_GRADIENT',
        'the output gradient does not fit the convolution, got float32[m, 6, 6, 16].\nExpected [n, 6, 6, 16].',
      )([image, float('m', 6, 6, 16)], { ...plain, filterSize: [3, 3] }),
      refused(
        'AttributeError',
        'ATTRIBUTE_GROUPS',
        'groups must divide the channels of image float32[n, 8, 8, 3] (NHWC), got 2 groups.',
      )([image, float('n', 6, 6, 16)], { ...plain, groups: 2, filterSize: [3, 3] }),
      refused(
        'AttributeError',
        'ATTRIBUTE_PAIR',
        'filterSize must be two numbers, for height and width, got undefined.',
      )([image, float('n', 6, 6, 16)], plain),
    ],
  },
});

describe('padding options', () => {
  const declared = {
    image: tensor('float32', ['n', 7, 8, 2]),
    free: tensor('float32', ['n', 'h', 'w', 2]),
    filter: tensor('float32', [3, 4, 2, 5]),
  };
  const paddingOf = (body: (symbols: { [K in keyof typeof declared]: Tensor }) => Tensor) =>
    traceProgram('model', declared, (symbols) => ({ y: body(symbols) })).nodes.map(
      ({ attributes }) => 'padding' in attributes && attributes.padding,
    )[0];

  // Expected values: Keras, `padding='same'`: out = ceil(size / stride), the odd element after.
  it.each([
    [
      1,
      [
        [1, 1],
        [1, 2],
      ],
    ],
    [
      2,
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [
      3,
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [
      5,
      [
        [0, 1],
        [0, 1],
      ],
    ],
  ])('same with stride %i', (strides, padding) => {
    expect(
      paddingOf(({ image, filter }) => conv2d(image, filter, { strides, padding: 'same' })),
    ).toEqual(padding);
  });

  it('same counts dilations and needs no fixed size with stride 1', () => {
    const padding = paddingOf(({ free, filter }) =>
      conv2d(free, filter, { dilations: 2, padding: 'same' }),
    );
    expect(padding).toEqual([
      [2, 2],
      [3, 3],
    ]);
  });

  it('same of a pooling takes the window', () => {
    expect(
      paddingOf(({ image }) => maxPool2d(image, { windowSize: 3, strides: 2, padding: 'same' })),
    ).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(paddingOf(({ image }) => averagePool2d(image, { windowSize: 2 }))).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('same with a stride needs a fixed size', () => {
    const error = caught(() =>
      paddingOf(({ free, filter }) =>
        nameScope('conv2d_1', () => conv2d(free, filter, { strides: 2, padding: 'same' })),
      ),
    );
    expect(error).toMatchObject({
      name: 'AttributeError',
      code: 'ATTRIBUTE_SAME_PADDING',
      message:
        "conv2d_1 › conv2d: padding 'same' with stride 2 needs a fixed image size, got float32[n, h, w, 2].\nFix: give padding as [[top, bottom], [left, right]].",
    });
  });
});
