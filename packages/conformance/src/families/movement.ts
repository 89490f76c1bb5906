import type { Tensor } from '@etalon/compiler';
import {
  concat,
  dimensionSize,
  expand,
  identity,
  mul,
  multiplyDimensions,
  pad,
  reshape,
  slice,
  transpose,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import { bytes, flags, floats, integers, ints, uniform } from '../cases/sources.ts';

const image = ['batch', 4, 3, 2] as const;
const images = [2, 1, 0, 5].map((batch) => [uniform([batch, 4, 3, 2])]);

const reshapes: readonly ConformanceCase[] = [
  declare('reshape/prime-1031', (x) => reshape(x, [1031, 1]), [uniform([1031])]),
  declare('reshape/inferred', (x) => reshape(x, [3, -1]), [uniform([2, 3, 5])]),
  declare('reshape/empty', (x) => reshape(x, [0, 7]), [floats([], [3, 0])]),
  declare('reshape/twice', (x) => reshape(reshape(x, [6]), [3, 2]), [uniform([2, 3])]),
  declareRuns('reshape/symbolic-flatten', (x) => reshape(x, ['batch', 24]), images, {
    shapes: [image],
  }),
  declareRuns(
    'reshape/symbolic-product',
    (x) => reshape(x, [multiplyDimensions('batch', 12), 2]),
    images,
    { shapes: [image] },
  ),
  declare('identity/scalar', (x) => identity(x), [uniform([])]),
  declare('identity/prime-1031', (x) => identity(x), [uniform([1031])]),
  declare('identity/empty', (x) => identity(x), [floats([], [0, 2])]),
];

const transposes: readonly ConformanceCase[] = [
  declare('transpose/tile-129', (x) => transpose(x), [uniform([129, 3])]),
  declare('transpose/primes', (x) => transpose(x, [1, 2, 0]), [uniform([7, 11, 13])]),
  declare('transpose/rank-6', (x) => transpose(x, [5, 0, 3, 1, 4, 2]), [
    uniform([1, 2, 3, 1, 2, 2]),
  ]),
  declare('transpose/empty', (x) => transpose(x), [floats([], [0, 3])]),
  declare('transpose/twice', (x) => transpose(transpose(x, [1, 2, 0]), [1, 2, 0]), [
    uniform([2, 3, 4]),
  ]),
  declareRuns('transpose/symbolic', (x) => transpose(x, [0, 3, 1, 2]), images, { shapes: [image] }),
];

const expansions: readonly ConformanceCase[] = [
  declare('expand/prime-1031', (x) => expand(x, [2, 1031]), [uniform([1031])]),
  declare('expand/rank-6', (x) => expand(x, [2, 1, 2, 3, 2, 2]), [uniform([2, 3, 1, 2])]),
  declare('expand/to-empty', (x) => expand(x, [0, 3]), [uniform([1, 3])]),
  declare('expand/same', (x) => expand(x, [2, 3]), [uniform([2, 3])]),
  declareRuns(
    'expand/symbolic',
    (x, y) => mul(expand(x, ['batch', 3]), y),
    [2, 0, 4].map((batch) => [uniform([3]), uniform([batch, 1])]),
    { shapes: [undefined, ['batch', 1]] },
  ),
];

const joins: readonly ConformanceCase[] = [
  declare('concat/tile-129', (a, b) => concat([a, b], { axis: 1 }), [
    uniform([2, 129]),
    uniform([2, 3]),
  ]),
  declare('concat/same-operand', (a) => concat([a, a]), [uniform([2, 3])], { secondOrder: true }),
  declare('concat/negative-axis', (a, b) => concat([a, b], { axis: -1 }), [
    uniform([2, 1]),
    uniform([2, 2]),
  ]),
  declare('concat/eight-operands', (...list) => concat(list, { axis: 1 }), [
    ...Array.from({ length: 8 }, (_, i) => uniform([2, i + 1])),
  ]),
  declare('concat/one-empty', (a, b, c) => concat([a, b, c]), [
    uniform([2, 3]),
    floats([], [0, 3]),
    uniform([1, 3]),
  ]),
  declare('concat/all-empty', (a, b) => concat([a, b]), [floats([], [0, 3]), floats([], [0, 3])]),
  declare('concat/empty-other-axis', (a, b) => concat([a, b], { axis: 1 }), [
    floats([], [0, 3]),
    floats([], [0, 2]),
  ]),
  declareRuns(
    'concat/symbolic',
    (a, b) => concat([a, b]),
    [2, 0, 3].map((batch) => [uniform([batch, 2]), uniform([1, 2])]),
    { shapes: [['batch', 2], undefined] },
  ),
];

const slices: readonly ConformanceCase[] = [
  declare('slice/tile-129', (x) => slice(x, { starts: [1, 0], sizes: [128, 2] }), [
    uniform([129, 2]),
  ]),
  declare('slice/every-third', (x) => slice(x, { starts: [2], sizes: [43], strides: [3] }), [
    uniform([131]),
  ]),
  declare('slice/rank-5', cut, [uniform([2, 3, 2, 4, 3])]),
  declare('slice/to-empty', (x) => slice(x, { starts: [1, 0], sizes: [0, 2] }), [uniform([3, 2])]),
  declare('slice/of-empty', (x) => slice(x, { starts: [0, 1], sizes: [0, 1] }), [
    floats([], [0, 3]),
  ]),
  declareRuns(
    'slice/symbolic-keeps-batch',
    (x) => slice(x, { starts: [0, 1, 0, 0], sizes: ['batch', 2, 3, 1] }),
    images,
    { shapes: [image] },
  ),
];

function cut(x: Tensor): Tensor {
  return slice(x, { starts: [1, 0, 1, 0, 1], sizes: [1, 2, 1, 2, 2], strides: [1, 2, 1, 3, 1] });
}

const pads: readonly ConformanceCase[] = [
  declare('pad/tile-129', (x) => pad(x, { before: [1], after: [2] }), [uniform([129])]),
  declare(
    'pad/rank-5',
    (x) => pad(x, { before: [0, 1, 0, 2, 0], after: [1, 0, 0, 0, 1], value: 3 }),
    [uniform([1, 2, 1, 2, 2])],
  ),
  declare('pad/int32-minimum', (x) => pad(x, { before: [1], after: [1], value: -(2 ** 31) }), [
    ints([5, -5]),
  ]),
  declare(
    'pad/infinity',
    (x) => pad(x, { before: [1], after: [0], value: Number.NEGATIVE_INFINITY }),
    [floats([1, 2])],
    { special: true },
  ),
  declare('pad/empty', (x) => pad(x, { before: [1, 0], after: [1, 1], value: 2 }), [
    floats([], [0, 2]),
  ]),
  declareRuns(
    'pad/symbolic',
    (x) => pad(x, { before: [0, 1, 1, 0], after: [0, 1, 0, 0] }),
    images,
    { shapes: [image] },
  ),
];

const types: readonly ConformanceCase[] = [
  declare('reshape/bool-row', (x) => reshape(x, [1, 131]), [flags([131])]),
  declare('transpose/uint8-image', (x) => transpose(x, [0, 3, 1, 2]), [bytes([2, 3, 4, 3])]),
  declare('transpose/int32-tile', (x) => transpose(x), [integers([129, 2])]),
  declare('expand/bool-scalar', (x) => expand(x, [3, 2]), [flags([])]),
  declare('concat/bool-columns', (a, b) => concat([a, b], { axis: 1 }), [
    flags([2, 3]),
    flags([2, 1]),
  ]),
  declare('concat/uint8-tile', (a, b) => concat([a, b]), [bytes([129]), bytes([2])]),
  declare('slice/uint8-strides', (x) => slice(x, { starts: [1], sizes: [65], strides: [2] }), [
    bytes([131]),
  ]),
  declare(
    'slice/bool-strides',
    (x) => slice(x, { starts: [0, 1], sizes: [2, 2], strides: [2, 1] }),
    [flags([3, 4])],
  ),
  declare('pad/bool-true', (x) => pad(x, { before: [1, 1], after: [0, 1], value: 1 }), [
    flags([2, 2]),
  ]),
];

const sizeValues: readonly ConformanceCase[] = [
  declareRuns(
    'dimensionSize/batch',
    (x) => mul(x, dimensionSize('batch')),
    [3, 1, 7].map((batch) => [integers([batch])]),
    { shapes: [['batch']] },
  ),
  declareRuns(
    'dimensionSize/alone',
    () => dimensionSize('batch'),
    [3, 1, 0].map((batch) => [uniform([batch, 2])]),
    {
      shapes: [['batch', 2]],
      gradient: 'none',
      expected: [[ints([3], [])], [ints([1], [])], [ints([0], [])]],
    },
  ),
  declareRuns(
    'dimensionSize/expression',
    () => dimensionSize(multiplyDimensions('batch', 64)),
    [2, 5, 0].map((batch) => [uniform([batch, 2])]),
    {
      shapes: [['batch', 2]],
      gradient: 'none',
      expected: [[ints([128], [])], [ints([320], [])], [ints([0], [])]],
    },
  ),
  declare('dimensionSize/fixed', (x) => mul(x, dimensionSize(5)), [ints([2, 3])], {
    expected: [[ints([10, 15])]],
  }),
];

/** Cases of data movement and of sizes as values, beyond the golden ones. */
export const movementCases: readonly ConformanceCase[] = [
  ...reshapes,
  ...transposes,
  ...expansions,
  ...joins,
  ...slices,
  ...pads,
  ...types,
  ...sizeValues,
];
