import type { Pool2dOptions, Tensor } from '@etalon/compiler';
import { averagePool2d, emit, maxPool2d } from '@etalon/compiler';
import type { PoolingAttributes } from '@etalon/spec';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import { distinct, floats, repeated, uniform } from '../cases/sources.ts';

type Sizes = readonly number[];

const pools = { averagePool2d, maxPool2d };

const shapes: Readonly<Record<string, readonly [Sizes, Pool2dOptions]>> = {
  'prime-channels': [[1, 4, 4, 13], { windowSize: 2 }],
  'many-channels': [[1, 2, 2, 131], { windowSize: 2 }],
  'wide-image': [[1, 2, 131, 1], { windowSize: 2, strides: 1 }],
  'tall-image': [[1, 131, 2, 1], { windowSize: [3, 2], strides: [2, 1] }],
  'batch-5': [[5, 4, 4, 2], { windowSize: 2 }],
  'digits-layer': [[2, 26, 26, 2], { windowSize: 2 }],
  same: [[1, 5, 6, 2], { windowSize: 3, strides: 2, padding: 'same' }],
  'same-stride-1': [[1, 4, 4, 1], { windowSize: 2, strides: 1, padding: 'same' }],
  'window-5-stride-1': [[1, 7, 7, 1], { windowSize: 5, strides: 1, padding: 'same' }],
  'stride-past-image': [[1, 4, 4, 1], { windowSize: 3, strides: 7 }],
  'one-pixel': [[2, 1, 1, 3], { windowSize: 1 }],
  'row-window': [[1, 3, 9, 1], { windowSize: [1, 4], strides: [1, 3] }],
};

const sizes = Object.entries(pools).flatMap(([name, pool]) => [
  ...Object.entries(shapes).map(([label, [shape, options]]) =>
    declare(`${name}/${label}`, (x) => pool(x, options), [distinct(shape)]),
  ),
  declare(`${name}/empty-batch`, (x) => pool(x, { windowSize: 2 }), [floats([], [0, 4, 4, 2])]),
  declare(`${name}/no-channels`, (x) => pool(x, { windowSize: 2 }), [floats([], [2, 4, 4, 0])]),
  declareRuns(
    `${name}/symbolic-batch`,
    (x) => pool(x, { windowSize: 3, strides: 2 }),
    [2, 1, 0, 5].map((batch) => [distinct([batch, 6, 5, 2])]),
    { shapes: [['batch', 6, 5, 2]] },
  ),
  declareRuns(
    `${name}/symbolic-image`,
    (x) => pool(x, { windowSize: 2 }),
    [
      [4, 6],
      [5, 7],
      [2, 3],
    ].map(([height = 1, width = 1]) => [distinct([1, height, width, 2])]),
    { shapes: [[1, 'height', 'width', 2]] },
  ),
]);

const overlapping: PoolingAttributes = {
  windowSize: [3, 2],
  strides: [2, 1],
  padding: [
    [1, 1],
    [0, 1],
  ],
};

const averageGradient = (dy: Tensor): Tensor =>
  emit('averagePool2dGradient', [dy], { ...overlapping, inputSize: [6, 5] });
const maxGradient = (x: Tensor, dy: Tensor): Tensor =>
  emit('maxPool2dGradient', [x, dy], overlapping);
const select = (x: Tensor, other: Tensor): Tensor =>
  emit('maxPool2dSelect', [x, other], overlapping);

const gradients: readonly ConformanceCase[] = [
  declare('averagePool2dGradient/prime-channels', averageGradient, [uniform([1, 3, 5, 13])]),
  declare('averagePool2dGradient/empty-batch', averageGradient, [floats([], [0, 3, 5, 2])]),
  declareRuns(
    'averagePool2dGradient/symbolic-batch',
    averageGradient,
    [2, 0, 3].map((batch) => [uniform([batch, 3, 5, 2])]),
    { shapes: [['batch', 3, 5, 2]] },
  ),
  declare('maxPool2dGradient/prime-channels', maxGradient, [
    distinct([1, 6, 5, 13]),
    uniform([1, 3, 5, 13]),
  ]),
  declare('maxPool2dGradient/empty-batch', maxGradient, [
    floats([], [0, 6, 5, 2]),
    floats([], [0, 3, 5, 2]),
  ]),
  declareRuns(
    'maxPool2dGradient/symbolic-batch',
    maxGradient,
    [2, 0, 3].map((batch) => [distinct([batch, 6, 5, 2]), uniform([batch, 3, 5, 2])]),
    {
      shapes: [
        ['batch', 6, 5, 2],
        ['batch', 3, 5, 2],
      ],
    },
  ),
  declare('maxPool2dSelect/prime-channels', select, [
    distinct([1, 6, 5, 13]),
    uniform([1, 6, 5, 13]),
  ]),
  declare('maxPool2dSelect/empty-batch', select, [
    floats([], [0, 6, 5, 2]),
    floats([], [0, 6, 5, 2]),
  ]),
  declareRuns(
    'maxPool2dSelect/symbolic-batch',
    select,
    [2, 0, 3].map((batch) => [distinct([batch, 6, 5, 2]), uniform([batch, 6, 5, 2])]),
    {
      shapes: [
        ['batch', 6, 5, 2],
        ['batch', 6, 5, 2],
      ],
    },
  ),
  declare(
    'maxPool2d/all-equal',
    (x) => maxPool2d(x, { windowSize: 3, strides: 1 }),
    [repeated(1, [1, 5, 5, 2])],
    { gradient: 'analytic' },
  ),
  declare(
    'maxPool2d/all-negative-infinity',
    (x) => maxPool2d(x, { windowSize: 2 }),
    [repeated(Number.NEGATIVE_INFINITY, [1, 4, 4, 1])],
    { special: true },
  ),
  declare(
    'averagePool2d/equal-elements',
    (x) => averagePool2d(x, { windowSize: 3, strides: 1, padding: 'same' }),
    [repeated(2, [1, 4, 4, 1])],
    { expected: [[repeated(2, [1, 4, 4, 1])]] },
  ),
];

/** Cases of pooling and its gradient operators, beyond the golden ones. */
export const poolingCases: readonly ConformanceCase[] = [...sizes, ...gradients];
