import type { Conv2dOptions, Tensor } from '@etalon/compiler';
import { conv2d, emit } from '@etalon/compiler';
import type { ConvolutionAttributes } from '@etalon/spec';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import { floats, repeated, uniform } from '../cases/sources.ts';

type Sizes = readonly number[];

const plain: ConvolutionAttributes = {
  strides: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  dilations: [1, 1],
  groups: 1,
};

function convolve(id: string, image: Sizes, filter: Sizes, options: Conv2dOptions = {}) {
  return declare(`conv2d/${id}`, (x, w) => conv2d(x, w, options), [
    uniform(image),
    uniform(filter),
  ]);
}

const sizes: readonly ConformanceCase[] = [
  convolve('prime-channels', [1, 5, 5, 7], [3, 3, 7, 11]),
  convolve('many-channels', [1, 3, 3, 67], [2, 2, 67, 5]),
  convolve('many-filters', [1, 3, 3, 2], [2, 2, 2, 131]),
  convolve('wide-image', [1, 3, 131, 1], [3, 3, 1, 2], { padding: 'same' }),
  convolve('tall-image', [1, 131, 3, 1], [3, 1, 1, 2]),
  convolve('batch-5', [5, 4, 4, 2], [3, 3, 2, 2], { padding: 'same' }),
  convolve('filter-7', [1, 9, 9, 1], [7, 7, 1, 2], { strides: 2, padding: 'same' }),
  convolve('even-filter-same', [1, 5, 5, 1], [4, 2, 1, 1], { padding: 'same' }),
  convolve('row-filter', [1, 4, 6, 2], [1, 5, 2, 1]),
  convolve('column-filter', [1, 6, 4, 2], [5, 1, 2, 1]),
  convolve('digits-first-layer', [2, 28, 28, 1], [3, 3, 1, 4]),
  convolve('one-pixel', [3, 1, 1, 4], [1, 1, 4, 3]),
  convolve('one-pixel-same', [1, 1, 1, 2], [3, 3, 2, 2], { padding: 'same' }),
  convolve('stride-4', [1, 9, 10, 1], [2, 2, 1, 2], { strides: 4 }),
  convolve('stride-past-image', [1, 3, 3, 1], [2, 2, 1, 1], { strides: 5 }),
  convolve('dilation-leaves-rest', [1, 8, 9, 1], [3, 2, 1, 1], {
    dilations: [3, 4],
    strides: [2, 3],
  }),
  convolve('groups-4', [1, 3, 3, 8], [2, 2, 2, 4], { groups: 4 }),
  convolve('depthwise-padded', [2, 5, 5, 5], [3, 3, 1, 5], {
    groups: 5,
    padding: 'same',
    strides: 2,
  }),
  convolve('all-attributes', [2, 9, 8, 4], [2, 3, 2, 6], {
    strides: [2, 1],
    padding: [
      [1, 2],
      [0, 3],
    ],
    dilations: [3, 2],
    groups: 2,
  }),
];

const symbolic: readonly ConformanceCase[] = [
  declareRuns(
    'conv2d/symbolic-batch',
    (x, w) =>
      conv2d(x, w, {
        strides: 2,
        padding: [
          [1, 1],
          [1, 1],
        ],
      }),
    [2, 1, 0, 7].map((batch) => [uniform([batch, 6, 5, 2]), uniform([3, 3, 2, 3])]),
    { shapes: [['batch', 6, 5, 2], undefined] },
  ),
  declareRuns(
    'conv2d/symbolic-image',
    (x, w) => conv2d(x, w, { strides: [2, 3] }),
    [
      [5, 7],
      [6, 8],
      [3, 3],
    ].map(([height = 1, width = 1]) => [uniform([1, height, width, 1]), uniform([3, 2, 1, 2])]),
    { shapes: [[1, 'height', 'width', 1], undefined] },
  ),
];

const empty: readonly ConformanceCase[] = [
  declare('conv2d/empty-batch', (x, w) => conv2d(x, w), [
    floats([], [0, 4, 4, 2]),
    uniform([3, 3, 2, 1]),
  ]),
  declare(
    'conv2d/no-channels',
    (x, w) => conv2d(x, w),
    [floats([], [1, 4, 4, 0]), floats([], [2, 2, 0, 3])],
    {
      expected: [[repeated(0, [1, 3, 3, 3])]],
    },
  ),
  declare('conv2d/no-filters', (x, w) => conv2d(x, w), [
    uniform([1, 4, 4, 2]),
    floats([], [2, 2, 2, 0]),
  ]),
];

const inputGradient = (inputSize: readonly [number, number], attributes = plain) => {
  return (dy: Tensor, w: Tensor): Tensor =>
    emit('conv2dInputGradient', [dy, w], { ...attributes, inputSize });
};
const filterGradient = (filterSize: readonly [number, number], attributes = plain) => {
  return (x: Tensor, dy: Tensor): Tensor =>
    emit('conv2dFilterGradient', [x, dy], { ...attributes, filterSize });
};
const strided: ConvolutionAttributes = { ...plain, strides: [2, 3] };

const gradients: readonly ConformanceCase[] = [
  declare('conv2dInputGradient/prime-channels', inputGradient([5, 5]), [
    uniform([1, 3, 3, 11]),
    uniform([3, 3, 7, 11]),
  ]),
  declare('conv2dInputGradient/wide-image', inputGradient([3, 131]), [
    uniform([1, 1, 129, 2]),
    uniform([3, 3, 1, 2]),
  ]),
  // sizes 7 and 8 have the same number of windows: the attribute decides
  declare('conv2dInputGradient/ambiguous-size', inputGradient([8, 11], strided), [
    uniform([2, 3, 3, 2]),
    uniform([3, 4, 1, 2]),
  ]),
  declare('conv2dInputGradient/empty-batch', inputGradient([4, 4]), [
    floats([], [0, 3, 3, 2]),
    uniform([2, 2, 1, 2]),
  ]),
  declareRuns(
    'conv2dInputGradient/symbolic-batch',
    inputGradient([4, 4]),
    [2, 0, 3].map((batch) => [uniform([batch, 3, 3, 2]), uniform([2, 2, 1, 2])]),
    { shapes: [['batch', 3, 3, 2], undefined] },
  ),
  declare('conv2dFilterGradient/prime-channels', filterGradient([3, 3]), [
    uniform([1, 5, 5, 7]),
    uniform([1, 3, 3, 11]),
  ]),
  declare('conv2dFilterGradient/wide-image', filterGradient([3, 3]), [
    uniform([1, 3, 131, 1]),
    uniform([1, 1, 129, 2]),
  ]),
  declare('conv2dFilterGradient/ambiguous-size', filterGradient([3, 4], strided), [
    uniform([2, 8, 11, 1]),
    uniform([2, 3, 3, 2]),
  ]),
  declare('conv2dFilterGradient/empty-batch', filterGradient([2, 2]), [
    floats([], [0, 4, 4, 1]),
    floats([], [0, 3, 3, 2]),
  ]),
  declareRuns(
    'conv2dFilterGradient/symbolic-batch',
    filterGradient([2, 2]),
    [2, 0, 3].map((batch) => [uniform([batch, 4, 4, 1]), uniform([batch, 3, 3, 2])]),
    {
      shapes: [
        ['batch', 4, 4, 1],
        ['batch', 3, 3, 2],
      ],
    },
  ),
];

/** Cases of convolution and its gradient operators, beyond the golden ones. */
export const convolutionCases: readonly ConformanceCase[] = [
  ...sizes,
  ...symbolic,
  ...empty,
  ...gradients,
];
