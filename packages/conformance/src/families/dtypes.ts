import {
  cast,
  concat,
  equal,
  expand,
  gather,
  greater,
  greaterOrEqual,
  identity,
  lesser,
  lesserOrEqual,
  notEqual,
  pad,
  relu,
  reshape,
  slice,
  stopGradient,
  transpose,
  where,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import type { Body } from '../cases/declare.ts';
import { declare } from '../cases/declare.ts';
import type { Source } from '../cases/sources.ts';
import { bytes, flags, integers, uniform } from '../cases/sources.ts';

type Sizes = readonly number[];
type Draw = (shape: Sizes) => Source;

const draws: Readonly<Record<string, Draw>> = {
  int32: (shape) => integers(shape, -(2 ** 31), 2 ** 31),
  bool: flags,
  uint8: bytes,
};

/** Operators that move elements of any dtype: each on a long vector, on several axes, and on nothing. */
function movementOf(draw: Draw): Readonly<Record<string, readonly [Body, readonly Source[]]>> {
  return {
    'identity/prime-131': [(x) => identity(x), [draw([131])]],
    'identity/rank-4': [(x) => identity(x), [draw([2, 1, 3, 2])]],
    'reshape/prime-131': [(x) => reshape(x, [131, 1]), [draw([131])]],
    'reshape/rank-4': [(x) => reshape(x, [3, 8]), [draw([2, 1, 3, 4])]],
    'transpose/tile-129': [(x) => transpose(x), [draw([129, 2])]],
    'transpose/rank-4': [(x) => transpose(x, [2, 0, 3, 1]), [draw([2, 1, 3, 4])]],
    'expand/tile-129': [(x) => expand(x, [3, 129]), [draw([129])]],
    'expand/rank-4': [(x) => expand(x, [2, 3, 2, 4]), [draw([3, 1, 4])]],
    'concat/tile-129': [(a, b) => concat([a, b]), [draw([129]), draw([2])]],
    'concat/rank-3': [(a, b) => concat([a, b, a], { axis: 1 }), [draw([2, 3, 2]), draw([2, 1, 2])]],
    'slice/every-third': [
      (x) => slice(x, { starts: [2], sizes: [43], strides: [3] }),
      [draw([131])],
    ],
    'slice/rank-3': [
      (x) => slice(x, { starts: [0, 1, 2], sizes: [2, 2, 1], strides: [1, 2, 1] }),
      [draw([2, 4, 3])],
    ],
    'pad/tile-129': [(x) => pad(x, { before: [2], after: [1], value: 1 }), [draw([129])]],
    'pad/rank-3': [(x) => pad(x, { before: [0, 1, 0], after: [1, 0, 2] }), [draw([2, 2, 3])]],
    'gather/last-axis': [
      (x, i) => gather(x, i, { axis: 1 }),
      [draw([3, 7]), integers([2, 3], 0, 7)],
    ],
    'gather/tile-129': [(x, i) => gather(x, i), [draw([129, 2]), integers([131], 0, 129)]],
    'where/prime-131': [where, [flags([131]), draw([131]), draw([131])]],
    'where/rank-3': [where, [flags([3, 1, 2]), draw([2, 1]), draw([3, 1, 1])]],
    'stopGradient/prime-131': [(x) => stopGradient(x), [draw([131])]],
    'stopGradient/rank-3': [(x) => stopGradient(x), [draw([2, 1, 3])]],
    'identity/empty': [(x) => identity(x), [draw([2, 0])]],
    'concat/one-empty': [(a, b) => concat([a, b]), [draw([0, 2]), draw([3, 2])]],
    'pad/empty': [(x) => pad(x, { before: [1, 0], after: [0, 1], value: 1 }), [draw([0, 2])]],
  };
}

const moved = Object.entries(draws).flatMap(([dtype, draw]) =>
  Object.entries(movementOf(draw)).map(([id, [body, sources]]) => {
    const [operator, name] = id.split('/');
    return declare(`${operator}/${dtype}-${name}`, body, sources, { gradient: 'none' });
  }),
);

const comparisons = { equal, notEqual, greater, greaterOrEqual, lesser, lesserOrEqual };

const compared = Object.entries(comparisons).flatMap(([name, body]) => {
  const dtypes: Readonly<Record<string, Draw>> = {
    int32: (shape) => integers(shape, -2, 3),
    ...((name === 'equal' || name === 'notEqual') && { bool: flags, uint8: bytes }),
  };
  return Object.entries(dtypes).flatMap(([dtype, draw]) => [
    declare(`${name}/${dtype}-prime-131`, body, [draw([131]), draw([131])]),
    declare(`${name}/${dtype}-broadcast`, body, [draw([2, 1, 3]), draw([4, 1])]),
  ]);
});

const others: readonly ConformanceCase[] = [
  declare('cast/float32-to-float32-prime-131', (x) => cast(x, 'float32'), [uniform([131])]),
  declare('cast/float32-to-float32-rank-4', (x) => cast(x, 'float32'), [uniform([2, 1, 3, 2])]),
  declare('relu/int32-prime-131', (x) => relu(x), [integers([131])], { gradient: 'none' }),
  declare('relu/int32-rank-3', (x) => relu(x), [integers([2, 3, 2])], { gradient: 'none' }),
];

/** Cases of int32, bool and uint8, beyond the golden ones. */
export const dtypeCases: readonly ConformanceCase[] = [...moved, ...compared, ...others];
