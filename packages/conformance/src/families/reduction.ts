import type { ReductionOptions, Tensor } from '@etalon/compiler';
import {
  argMax,
  argMin,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  square,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import type { Source } from '../cases/sources.ts';
import { coarse, distinct, floats, integers, ints, repeated, uniform } from '../cases/sources.ts';

type Reduce = (x: Tensor, options?: ReductionOptions) => Tensor;
type Sizes = readonly number[];

const sums: Readonly<Record<string, Reduce>> = { reduceSum, reduceMean };
const extremes: Readonly<Record<string, Reduce>> = { reduceMax, reduceMin };
const searches = { argMax, argMin };

const INT32_MINIMUM = -(2 ** 31);
const INT32_MAXIMUM = 2 ** 31 - 1;

function sweep(
  functions: Readonly<Record<string, Reduce>>,
  draw: (shape: Sizes) => Source,
): readonly ConformanceCase[] {
  return Object.entries(functions).flatMap(([name, body]) => [
    declare(`${name}/past-a-tile-129`, (x) => body(x), [draw([129])]),
    declare(`${name}/prime-1031`, (x) => body(x), [draw([1031])]),
    declare(`${name}/tile-rows`, (x) => body(x, { axes: 1 }), [draw([3, 129])]),
    declare(`${name}/tile-columns`, (x) => body(x, { axes: 0 }), [draw([129, 3])]),
    declare(`${name}/outer-axes-of-image`, (x) => body(x, { axes: [0, 1, 2] }), [
      draw([2, 5, 4, 3]),
    ]),
    declare(`${name}/inner-axes-of-image`, (x) => body(x, { axes: [1, 2], keepDims: true }), [
      draw([2, 4, 5, 3]),
    ]),
    declare(`${name}/rank-6`, (x) => body(x, { axes: [1, 3, 5] }), [draw([2, 3, 1, 2, 2, 2])]),
    declare(`${name}/negative-axis`, (x) => body(x, { axes: -1 }), [draw([2, 3])]),
    declare(`${name}/empty-kept-axis`, (x) => body(x, { axes: 1 }), [draw([0, 3])]),
    declareRuns(
      `${name}/symbolic-kept`,
      (x) => body(x, { axes: 1 }),
      [3, 1, 0, 5].map((batch) => [draw([batch, 4])]),
      { shapes: [['batch', 4]] },
    ),
    declareRuns(
      `${name}/symbolic-reduced`,
      (x) => body(x, { axes: 0, keepDims: true }),
      [3, 1, 129].map((batch) => [draw([batch, 2])]),
      { shapes: [['batch', 2]] },
    ),
  ]);
}

const empty: readonly ConformanceCase[] = [
  declare('reduceSum/empty', (x) => reduceSum(x, { axes: 1 }), [floats([], [2, 0])], {
    gradient: 'none',
    expected: [[floats([0, 0])]],
  }),
  declare('reduceMean/empty', (x) => reduceMean(x, { axes: 1 }), [floats([], [2, 0])], {
    special: true,
    expected: [[floats([Number.NaN, Number.NaN])]],
  }),
  declare('reduceMax/empty', (x) => reduceMax(x, { axes: 1 }), [floats([], [2, 0])], {
    special: true,
    expected: [[floats([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])]],
  }),
  declare('reduceMin/empty', (x) => reduceMin(x, { axes: 1 }), [floats([], [2, 0])], {
    special: true,
    expected: [[floats([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])]],
  }),
  declare('reduceSum/int32-empty', (x) => reduceSum(x, { axes: 0 }), [ints([], [0, 2])], {
    expected: [[ints([0, 0])]],
  }),
  declare('reduceMax/int32-empty', (x) => reduceMax(x, { axes: 0 }), [ints([], [0, 2])], {
    expected: [[ints([INT32_MINIMUM, INT32_MINIMUM])]],
  }),
  declare('reduceMin/int32-empty', (x) => reduceMin(x, { axes: 0 }), [ints([], [0, 2])], {
    expected: [[ints([INT32_MAXIMUM, INT32_MAXIMUM])]],
  }),
  declareRuns(
    'reduceSum/symbolic-empty',
    (x) => reduceSum(x),
    [3, 0, 2].map((batch) => [uniform([batch, 2])]),
    { shapes: [['batch', 2]] },
  ),
  declareRuns(
    'reduceMean/symbolic-all',
    (x) => reduceMean(x),
    [3, 1, 64].map((batch) => [uniform([batch, 2])]),
    { shapes: [['batch', 2]], secondOrder: true },
  ),
  declare('argMax/empty-kept-axis', (x) => argMax(x, { axis: 1 }), [floats([], [0, 3])]),
  declare('argMin/empty-kept-axis', (x) => argMin(x, { axis: 1 }), [floats([], [0, 3])]),
];

const integer: readonly ConformanceCase[] = Object.entries({
  reduceSum,
  reduceMax,
  reduceMin,
}).flatMap(([name, body]) => [
  declare(`${name}/int32-prime-1031`, (x) => body(x), [
    integers([1031], INT32_MINIMUM, INT32_MAXIMUM),
  ]),
  declare(`${name}/int32-middle-axis`, (x) => body(x, { axes: 1 }), [integers([2, 5, 3])]),
  declare(`${name}/int32-keep`, (x) => body(x, { axes: [0, 2], keepDims: true }), [
    integers([2, 3, 2]),
  ]),
]);

const long: readonly ConformanceCase[] = [
  declare('reduceSum/equal-terms', (x) => reduceSum(x), [repeated(0.1, [4099])]),
  declare('reduceMean/equal-terms', (x) => reduceMean(x), [repeated(0.1, [4099])]),
  declare('reduceSum/alternating', (x) => reduceSum(x, { axes: 1 }), [
    floats(
      Array.from({ length: 258 }, (_, i) => (i % 2 === 0 ? 1e6 : -1e6) + i),
      [2, 129],
    ),
  ]),
  declare('reduceSum/of-squares', (x) => reduceSum(square(x)), [uniform([129])], {
    secondOrder: true,
  }),
];

const indices: readonly ConformanceCase[] = Object.entries(searches).flatMap(([name, body]) => [
  declare(`${name}/past-a-tile-129`, (x) => body(x), [distinct([129])]),
  declare(`${name}/prime-1031`, (x) => body(x), [distinct([1031])]),
  declare(`${name}/late-tie`, (x) => body(x), [coarse([2, 129], 0, 2)]),
  declare(`${name}/all-equal`, (x) => body(x), [repeated(2.5, [3, 7])]),
  declare(`${name}/rank-5`, (x) => body(x, { axis: 2 }), [distinct([2, 1, 5, 2, 1])]),
  declare(`${name}/size-1`, (x) => body(x, { axis: 0, keepDims: true }), [uniform([1, 4])]),
  declare(`${name}/int32-prime-131`, (x) => body(x), [
    integers([131], INT32_MINIMUM, INT32_MAXIMUM),
  ]),
  declare(`${name}/int32-first-axis`, (x) => body(x, { axis: 0 }), [integers([9, 4], 0, 3)]),
  declareRuns(
    `${name}/symbolic`,
    (x) => body(x, { axis: 1 }),
    [3, 0, 1].map((batch) => [distinct([batch, 4])]),
    { shapes: [['batch', 4]] },
  ),
]);

/** Cases of reductions and searches, beyond the golden ones. */
export const reductionCases: readonly ConformanceCase[] = [
  ...sweep(sums, (shape) => uniform(shape, -1, 3)),
  ...sweep(extremes, distinct),
  ...empty,
  ...integer,
  ...long,
  ...indices,
];
