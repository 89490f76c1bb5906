import type { Tensor } from '@etalon/compiler';
import {
  argMax,
  cast,
  gather,
  indexRange,
  oneHot,
  reshape,
  scatterAdd,
  stopGradient,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import {
  bytes,
  distinct,
  flags,
  floats,
  integers,
  ints,
  repeated,
  uniform,
} from '../cases/sources.ts';

const rows = (x: Tensor, indices: Tensor): Tensor => gather(x, indices);
const add = (size: number) => (indices: Tensor, updates: Tensor) =>
  scatterAdd(indices, updates, { size });

const gathers: readonly ConformanceCase[] = [
  declare('gather/prime-1031', rows, [uniform([131, 2]), integers([1031], 0, 131)]),
  declare('gather/tile-129', (x, i) => gather(x, i, { axis: 1 }), [
    uniform([2, 129]),
    ints([128, 0, 64, 128]),
  ]),
  declare('gather/rank-5', (x, i) => gather(x, i, { axis: 2 }), [
    uniform([2, 1, 4, 1, 2]),
    ints([3, 0, 0, 2, 1, 3], [2, 3]),
  ]),
  declare('gather/negative-axis', (x, i) => gather(x, i, { axis: -1 }), [
    uniform([2, 3]),
    ints([2, 2]),
  ]),
  declare('gather/all-equal-indices', rows, [uniform([5, 3]), ints([4, 4, 4, 4, 4, 4, 4])]),
  declare('gather/one-row', rows, [uniform([1, 4]), ints([0, 0])]),
  declare('gather/no-indices', rows, [uniform([3, 2]), ints([], [0])]),
  declare('gather/empty-rows', rows, [floats([], [3, 0]), ints([2, 0])]),
  declare('gather/int32-extremes', rows, [
    ints([2 ** 31 - 1, -(2 ** 31), 16777217]),
    ints([1, 0, 2]),
  ]),
  declare('gather/bool-matrix', rows, [flags([5, 3]), integers([4], 0, 5)]),
  declare('gather/uint8-matrix', rows, [bytes([5, 3]), integers([4], 0, 5)]),
  declare('gather/computed-indices', (x, table) => gather(table, argMax(x)), [
    distinct([3, 4]),
    uniform([4, 2]),
  ]),
  declare('gather/constant-indices', (x) => gather(x, indexRange(3), { axis: 1 }), [
    uniform([2, 4]),
  ]),
  declareRuns(
    'gather/symbolic',
    rows,
    [3, 0, 1, 129].map((count) => [uniform([7, 2]), integers([count], 0, 7)]),
    { shapes: [undefined, ['count']] },
  ),
  declareRuns(
    'gather/symbolic-rows',
    rows,
    [3, 1, 7].map((size) => [uniform([size, 2]), integers([4], 0, size)]),
    { shapes: [['size', 2], undefined] },
  ),
];

const scatters: readonly ConformanceCase[] = [
  declare('scatterAdd/prime-1031', add(131), [integers([1031], 0, 131), uniform([1031, 2])]),
  // many more additions than slices: engines that race lose some
  declare('scatterAdd/many-duplicates', add(7), [integers([4099], 0, 7), uniform([4099, 8])]),
  declare('scatterAdd/all-equal-indices', add(3), [
    ints(Array<number>(129).fill(1)),
    uniform([129, 3]),
  ]),
  declare('scatterAdd/one-slice', add(1), [ints([0, 0, 0]), uniform([3, 2])]),
  declare('scatterAdd/rank-4-updates', add(5), [integers([2, 3], 0, 5), uniform([2, 3, 2, 2])]),
  declare('scatterAdd/no-indices', add(3), [ints([], [0]), floats([], [0, 2])], {
    expected: [[repeated(0, [3, 2])]],
  }),
  declare('scatterAdd/empty-slices', add(3), [ints([1, 2]), floats([], [2, 0])]),
  declareRuns(
    'scatterAdd/symbolic',
    add(4),
    [3, 0, 1, 64].map((count) => [integers([count], 0, 4), uniform([count, 2])]),
    { shapes: [['count'], ['count', 2]] },
  ),
];

const oneHots: readonly ConformanceCase[] = [
  declare('oneHot/tile-129', (i) => oneHot(i, { depth: 129 }), [integers([7], 0, 129)]),
  declare('oneHot/prime-1031', (i) => oneHot(i, { depth: 3 }), [integers([1031], 0, 3)]),
  declare('oneHot/rank-4', (i) => oneHot(i, { depth: 4 }), [integers([2, 1, 3, 2], 0, 4)]),
  declare('oneHot/empty', (i) => oneHot(i, { depth: 3 }), [ints([], [0])]),
  declare(
    'oneHot/computed-indices',
    (x) => oneHot(cast(x, 'int32'), { depth: 3 }),
    [floats([0.5, 2.5, 1.5, -0.5])],
    { expected: [[floats([1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0], [4, 3])]] },
  ),
  // outside of what the host can see: rows of zeros
  declare(
    'oneHot/out-of-range',
    (x) => oneHot(cast(x, 'int32'), { depth: 2 }),
    [floats([5, -3, 1])],
    {
      expected: [[floats([0, 0, 0, 0, 0, 1], [3, 2])]],
    },
  ),
  declareRuns(
    'oneHot/symbolic',
    (i) => oneHot(i, { depth: 3 }),
    [2, 0, 5].map((batch) => [integers([batch], 0, 3)]),
    { shapes: [['batch']] },
  ),
  declare('stopGradient/empty', (x) => stopGradient(x), [floats([], [0, 2])]),
  declare('stopGradient/prime-131', (x) => stopGradient(x), [uniform([131])]),
  declare('stopGradient/uint8', (x) => stopGradient(reshape(x, [6])), [bytes([2, 3])]),
];

/** Cases of look-ups and one-hot rows, beyond the golden ones. */
export const indexingCases: readonly ConformanceCase[] = [...gathers, ...scatters, ...oneHots];
