import type { PoolingAttributes, ValueType } from '@etalon/spec';
import type { TypeCases } from '../../test/type-cases.ts';
import { describeTypeRules, float, int } from '../../test/type-cases.ts';

const halves: PoolingAttributes = {
  windowSize: [2, 2],
  strides: [2, 2],
  padding: [
    [0, 0],
    [0, 0],
  ],
};
const overlapping: PoolingAttributes = {
  windowSize: [3, 3],
  strides: [2, 1],
  padding: [
    [1, 1],
    [1, 0],
  ],
};

const refused = (
  takes: readonly ValueType[],
  given: object,
  error: string,
  code: string,
  message: string,
) => ({ takes, with: given, error, code, message });

const pooling: TypeCases<PoolingAttributes> = {
  accepts: [
    { takes: [float('n', 8, 7, 3)], with: halves, gives: 'float32[n, 4, 3, 3]' },
    { takes: [float('n', 8, 7, 3)], with: overlapping, gives: 'float32[n, 4, 6, 3]' },
    { takes: [float('n', 'h', 'w', 'c')], with: halves, gives: 'float32[n, ⌊h/2⌋, ⌊w/2⌋, c]' },
    { takes: [float(2, 0, 7, 3)], with: halves, gives: 'float32[2, 0, 3, 3]' },
  ],
  refuses: [
    refused(
      [int(1, 8, 8, 3)],
      halves,
      'DTypeError',
      'DTYPE_OPERAND',
      "the dtype of the image does not fit, got int32[1, 8, 8, 3].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
    ),
    refused(
      [float(8, 8)],
      halves,
      'ShapeError',
      'SHAPE_RANK',
      'image must have rank 4 (NHWC), got float32[8, 8].',
    ),
    refused(
      [float(1, 1, 8, 3)],
      halves,
      'ShapeError',
      'SHAPE_WINDOW_TOO_LARGE',
      "the window does not fit, got height 1 with padding 0 + 0 for a window that spans 2.\nFix: pad the image (padding: 'same') or use a smaller window.",
    ),
    refused(
      [float(1, 8, 8, 3)],
      {
        ...halves,
        padding: [
          [0, 2],
          [0, 0],
        ],
      },
      'AttributeError',
      'ATTRIBUTE_POOL_PADDING',
      'padding must be smaller than the window, got padding [[0,2],[0,0]] and windowSize [2,2].',
    ),
    refused(
      [float(1, 8, 8, 3)],
      { ...halves, windowSize: [0, 2] },
      'AttributeError',
      'ATTRIBUTE_INTEGER',
      'windowSize must be an integer of at least 1, got 0.',
    ),
    refused(
      [float(1, 8, 8, 3)],
      { ...halves, windowSize: 2 },
      'AttributeError',
      'ATTRIBUTE_PAIR',
      'windowSize must be two numbers, for height and width, got 2.',
    ),
  ],
};

describeTypeRules<
  'averagePool2d' | 'averagePool2dGradient' | 'maxPool2d' | 'maxPool2dGradient' | 'maxPool2dSelect'
>({
  averagePool2d: pooling,
  maxPool2d: pooling,
  averagePool2dGradient: {
    accepts: [
      {
        takes: [float('n', 4, 3, 3)],
        with: { ...halves, inputSize: [8, 7] },
        gives: 'float32[n, 8, 7, 3]',
      },
    ],
    refuses: [
      refused(
        [float('n', 4, 4, 3)],
        { ...halves, inputSize: [8, 7] },
        'ShapeError',
        'SHAPE_POOL_GRADIENT',
        'output gradient does not fit the pooling, got float32[n, 4, 4, 3].\nExpected [n, 4, 3, 3].',
      ),
      refused(
        [float('n', 4, 4)],
        { ...halves, inputSize: [8, 8] },
        'ShapeError',
        'SHAPE_RANK',
        'output gradient must have rank 4 (NHWC), got float32[n, 4, 4].',
      ),
      refused(
        [float('n', 4, 4, 3)],
        halves,
        'AttributeError',
        'ATTRIBUTE_PAIR',
        'inputSize must be two sizes, height and width, got undefined.',
      ),
    ],
  },
  maxPool2dGradient: {
    accepts: [
      {
        takes: [float('n', 8, 7, 3), float('n', 4, 6, 3)],
        with: overlapping,
        gives: 'float32[n, 8, 7, 3]',
      },
    ],
    refuses: [
      refused(
        [float('n', 8, 8, 3), float('n', 8, 8, 3)],
        halves,
        'ShapeError',
        'SHAPE_POOL_GRADIENT',
        'output gradient does not fit the pooling, got float32[n, 8, 8, 3].\nExpected [n, 4, 4, 3].',
      ),
      refused(
        [float('n', 8, 8, 3), int('n', 4, 4, 3)],
        halves,
        'DTypeError',
        'DTYPE_OPERAND',
        "the dtype of the output gradient does not fit, got int32[n, 4, 4, 3].\nExpected float32.\nFix: convert it with cast(x, 'float32').",
      ),
    ],
  },
  maxPool2dSelect: {
    accepts: [
      {
        takes: [float('n', 8, 7, 3), float('n', 8, 7, 3)],
        with: halves,
        gives: 'float32[n, 4, 3, 3]',
      },
    ],
    refuses: [
      refused(
        [float('n', 8, 8, 3), float('n', 4, 4, 3)],
        halves,
        'ShapeError',
        'SHAPE_POOL_GRADIENT',
        'second image does not fit the pooling, got float32[n, 4, 4, 3].\nExpected [n, 8, 8, 3].',
      ),
      refused(
        [float(8, 8), float(8, 8)],
        halves,
        'ShapeError',
        'SHAPE_RANK',
        'image must have rank 4 (NHWC), got float32[8, 8].',
      ),
    ],
  },
});
