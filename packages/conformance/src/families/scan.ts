import type { Tensor } from '@etalon/compiler';
import {
  add,
  cast,
  concat,
  dimensionSize,
  div,
  filled,
  logicalXor,
  mul,
  reduceSum,
  reshape,
  scan,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import { bools, bytes, flags, floats, ints, uniform } from '../cases/sources.ts';
import { composedScanCases } from './scan-composed.ts';
import { scanGradientCases } from './scan-gradients.ts';
import { same, totals } from './scan-totals.ts';

const carrying: readonly ConformanceCase[] = [
  declare(
    'scan/last-carried',
    (h, x) =>
      scan((a: Tensor, b: Tensor) => ({ carried: add(mul(a, 0.5), b), stacked: {} }), {
        carried: h,
        stacked: x,
      }).carried,
    [uniform([3]), uniform([5, 3])],
  ),
  declare('scan/length-one', (h, x) => totals(h, x), [uniform([3]), uniform([1, 3])]),
  declare('scan/scalars', (h, x) => totals(h, x), [floats([1], []), floats([1, 2, 4, 8])], {
    expected: [[floats([2, 4, 8, 16])]],
  }),
  declare(
    'scan/swap',
    (a, b) => {
      const { carried } = scan(
        ({ left, right }: { left: Tensor; right: Tensor }) => ({
          carried: { left: right, right: left },
          stacked: {},
        }),
        { carried: { left: a, right: b }, length: 3 },
      );
      return concat([carried.left, carried.right]);
    },
    [floats([1, 2]), floats([3, 4])],
    { expected: [[floats([3, 4, 1, 2])]] },
  ),
  declare(
    'scan/carried-unchanged',
    (a, x) => {
      const { carried } = scan(
        ({ kept }: { kept: Tensor; last: Tensor }, row: Tensor) => ({
          carried: { kept, last: row },
          stacked: {},
        }),
        { carried: { kept: a, last: a }, stacked: x },
      );
      return concat([carried.kept, carried.last]);
    },
    [uniform([2]), uniform([4, 2])],
  ),
  declare(
    'scan/invariant-returned',
    (a, x) => {
      const { stacked } = scan(
        (_: Tensor, row: Tensor) => ({ carried: a, stacked: { row, again: a } }),
        { carried: a, stacked: x },
      );
      return concat([stacked.row, stacked.again]);
    },
    [uniform([2]), uniform([3, 2])],
  ),
  declare(
    'scan/fibonacci',
    (a, b) => {
      const { stacked } = scan(
        ({ last, next }: { last: Tensor; next: Tensor }) => ({
          carried: { last: next, next: add(last, next) },
          stacked: last,
        }),
        { carried: { last: a, next: b }, length: 10 },
      );
      return stacked;
    },
    [ints([0], []), ints([1], [])],
    {
      expected: [[ints([0, 1, 1, 2, 3, 5, 8, 13, 21, 34])]],
    },
  ),
  declare(
    'scan/parity',
    (odd, flips) => {
      const options = { carried: odd, stacked: flips };
      return scan((state: Tensor, flip: Tensor) => same(logicalXor(state, flip)), options).stacked;
    },
    [bools([0], []), bools([1, 0, 1, 1])],
    { expected: [[bools([1, 1, 0, 1])]] },
  ),
  declare(
    'scan/bytes',
    (first, rows) => {
      const options = { carried: first, stacked: rows };
      const { stacked } = scan(
        (state: Tensor, row: Tensor) => ({ carried: row, stacked: state }),
        options,
      );
      return stacked;
    },
    [bytes([3]), bytes([4, 3])],
  ),
  declare(
    'scan/thousand',
    (h, x) => {
      const options = { carried: h, stacked: x };
      return scan((a: Tensor, b: Tensor) => same(add(mul(a, 0.5), b)), options).carried;
    },
    [uniform([2]), uniform([1000, 2])],
  ),
];

const slicing: readonly ConformanceCase[] = [
  declare('scan/totals', (h, x) => totals(h, x), [uniform([3]), uniform([7, 3])]),
  declare('scan/totals-reverse', (h, x) => totals(h, x, true), [uniform([3]), uniform([7, 3])]),
  declare('scan/matrices', (h, x) => totals(h, x), [uniform([2, 3]), uniform([4, 2, 3])]),
  declare(
    'scan/index',
    (x) => {
      const { stacked } = scan(
        (_: Tensor, row: Tensor, index: Tensor) => ({ carried: x, stacked: { index, row } }),
        { carried: x, stacked: x },
      );
      return add(cast(stacked.index, 'float32'), stacked.row);
    },
    [floats([0.5, 0.25, 0.125])],
    { expected: [[floats([0.5, 1.25, 2.125])]] },
  ),
  declare(
    'scan/index-reverse',
    (start) => {
      const { stacked } = scan(
        (last: Tensor, _: object, index: Tensor) => ({ carried: index, stacked: last }),
        { carried: start, stacked: {}, length: 4, reverse: true },
      );
      return stacked;
    },
    [ints([9], [])],
    { expected: [[ints([1, 2, 3, 9])]] },
  ),
  declare(
    'scan/several-stacked',
    (x, mask) => {
      const { stacked } = scan(
        (total: Tensor, row: { x: Tensor; mask: Tensor }) => {
          const next = add(total, mul(row.x, cast(row.mask, 'float32')));
          return { carried: next, stacked: { next, mask: row.mask } };
        },
        { carried: filled({ dtype: 'float32', shape: [3] }, 0), stacked: { x, mask } },
      );
      return add(stacked.next, cast(stacked.mask, 'float32'));
    },
    [uniform([5, 3]), flags([5, 3])],
    { about: ['scan'] },
  ),
  declareRuns(
    'scan/symbolic-length',
    (h, x) => totals(h, x),
    [
      [uniform([3]), uniform([4, 3])],
      [uniform([3]), uniform([1, 3])],
      [uniform([3]), uniform([0, 3])],
      [uniform([3]), uniform([129, 3])],
    ],
    { shapes: [undefined, ['time', 3]] },
  ),
  declareRuns(
    'scan/symbolic-carried-length',
    (h, x) => {
      const options = { carried: h, stacked: x };
      return scan((a: Tensor, b: Tensor) => same(add(a, b)), options).carried;
    },
    [
      [uniform([2]), uniform([5, 2])],
      [uniform([2]), uniform([0, 2])],
      [uniform([2]), uniform([2, 2])],
    ],
    { shapes: [undefined, ['time', 2]] },
  ),
  declareRuns(
    'scan/symbolic-sizes-inside',
    (h, x) => {
      const options = { carried: h, stacked: x };
      const { stacked } = scan((a: Tensor, b: Tensor) => {
        const next = add(a, b);
        const mean = div(reduceSum(next), cast(dimensionSize('batch'), 'float32'));
        return { carried: next, stacked: add(mean, reshape(next, [-1])) };
      }, options);
      return stacked;
    },
    [
      [uniform([3, 2]), uniform([4, 3, 2])],
      [uniform([1, 2]), uniform([2, 1, 2])],
      [uniform([17, 2]), uniform([3, 17, 2])],
      [floats([], [0, 2]), floats([], [3, 0, 2])],
    ],
    {
      shapes: [
        ['batch', 2],
        ['time', 'batch', 2],
      ],
    },
  ),
  declare('scan/empty-slices', (h, x) => totals(h, x), [floats([], [0]), floats([], [4, 0])]),
  declare(
    'scan/empty-invariant',
    (h, x, nothing) => {
      const options = { carried: h, stacked: x };
      const { stacked } = scan(
        (a: Tensor, b: Tensor) => same(add(a, add(b, reduceSum(nothing)))),
        options,
      );
      return stacked;
    },
    [uniform([2]), uniform([3, 2]), floats([], [0, 2])],
  ),
];

/** Cases of the loop: carried values, slices, invariants, nesting, named lengths. */
export const scanCases: readonly ConformanceCase[] = [
  ...carrying,
  ...slicing,
  ...composedScanCases,
  ...scanGradientCases,
];
