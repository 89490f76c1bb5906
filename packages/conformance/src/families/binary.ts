import type { Tensor, TensorLike } from '@etalon/compiler';
import {
  add,
  cast,
  clamp,
  div,
  equal,
  greater,
  greaterOrEqual,
  lesser,
  lesserOrEqual,
  logicalAnd,
  logicalOr,
  logicalXor,
  max,
  min,
  mul,
  notEqual,
  pow,
  sub,
  where,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import type { Source } from '../cases/sources.ts';
import {
  awayFromZero,
  bools,
  bytes,
  coarse,
  flags,
  floats,
  integers,
  ints,
  uniform,
} from '../cases/sources.ts';

type Binary = (a: TensorLike, b: TensorLike) => Tensor;
type Sizes = readonly number[];

const arithmetic: Readonly<Record<string, Binary>> = { add, sub, mul, div, max, min, pow };
const comparisons: Readonly<Record<string, Binary>> = {
  equal,
  notEqual,
  greater,
  greaterOrEqual,
  lesser,
  lesserOrEqual,
};
const logic: Readonly<Record<string, Binary>> = { logicalAnd, logicalOr, logicalXor };

/** Pairs of shapes: sizes that engines treat apart, and ways to broadcast that no golden case has. */
const pairs: Readonly<Record<string, readonly [Sizes, Sizes]>> = {
  'past-a-tile-129': [[129], [129]],
  'prime-1031': [[1031], [1031]],
  'tile-row': [[3, 129], [129]],
  'tile-column': [
    [129, 2],
    [129, 1],
  ],
  'rank-6': [
    [1, 2, 1, 3, 1, 2],
    [2, 1, 2, 1, 3, 1],
  ],
  'left-stretches': [[3], [2, 4, 3]],
  'empty-both': [
    [0, 3],
    [0, 3],
  ],
  'empty-row': [[0, 3], [3]],
  'empty-stretch': [
    [2, 0],
    [2, 1],
  ],
};

function sweep(
  functions: Readonly<Record<string, Binary>>,
  left: (shape: Sizes) => Source,
  right: (shape: Sizes) => Source,
): readonly ConformanceCase[] {
  return Object.entries(functions).flatMap(([name, body]) => [
    ...Object.entries(pairs).map(([label, [a, b]]) =>
      declare(`${name}/${label}`, (x, y) => body(x, y), [left(a), right(b)]),
    ),
    declareRuns(
      `${name}/symbolic`,
      (x, y) => body(x, y),
      [3, 1, 0, 5].map((batch) => [left([batch, 2]), right([2])]),
      { shapes: [['batch', 2], undefined] },
    ),
    declareRuns(
      `${name}/symbolic-both`,
      (x, y) => body(x, y),
      [2, 4, 0].map((batch) => [left([batch, 3]), right([batch, 1])]),
      {
        shapes: [
          ['batch', 3],
          ['batch', 1],
        ],
      },
    ),
  ]);
}

const positive = (shape: Sizes): Source => uniform(shape, 0.3, 3);
const tied = (shape: Sizes): Source => coarse(shape, -2, 3);
const { pow: power, ...others } = arithmetic;

const int32 = (['add', 'sub', 'mul', 'div', 'max', 'min'] as const).flatMap((name) => {
  const body = arithmetic[name] as Binary;
  const wide = (shape: Sizes): Source => integers(shape, -(2 ** 31), 2 ** 31);
  const divisor = name === 'div' ? integers([131], 1, 1000) : wide([131]);
  return [
    declare(`${name}/int32-prime-131`, (a, b) => body(a, b), [wide([131]), divisor]),
    declare(`${name}/int32-scalar`, (a, b) => body(a, b), [integers([2, 3]), ints([-3], [])]),
    declare(`${name}/int32-constant`, (a) => body(a, 4), [integers([9])]),
    declare(`${name}/int32-empty`, (a, b) => body(a, b), [integers([0, 2]), integers([2])]),
  ];
});

const truncation = declare(
  'div/int32-truncates',
  (a, b) => div(a, b),
  [ints([7, -7, 7, -7, 1, -1, 0]), ints([2, 2, -2, -2, 3, 3, -5])],
  { expected: [[ints([3, -3, -3, 3, 0, 0, 0])]] },
);

const choices: readonly ConformanceCase[] = [
  declare('where/prime-1031', (c, a, b) => where(c, a, b), [
    flags([1031]),
    uniform([1031]),
    uniform([1031]),
  ]),
  declare('where/rank-6', (c, a, b) => where(c, a, b), [
    flags([2, 1, 1, 3, 1, 1]),
    uniform([1, 2, 1, 1, 2, 1]),
    uniform([1, 1, 2, 1, 1, 2]),
  ]),
  declare('where/number-branches', (c) => where(c, 1, -1), [flags([3, 3])]),
  declare('where/one-number', (c, a) => where(c, a, 0), [flags([5]), uniform([2, 5])]),
  declare('where/empty', (c, a, b) => where(c, a, b), [
    flags([0, 2]),
    uniform([2]),
    uniform([0, 1]),
  ]),
  declareRuns(
    'where/symbolic',
    (c, a, b) => where(c, a, b),
    [2, 3, 0].map((batch) => [flags([batch, 2]), uniform([batch, 1]), uniform([2])]),
    { shapes: [['batch', 2], ['batch', 1], undefined] },
  ),
  declare(
    'where/keeps-nan-out',
    (x) => where(greaterThanZero(x), div(1, x), 0),
    [floats([0, -0, 2, -4])],
    { about: ['where'], special: true, expected: [[floats([0, 0, 0.5, 0])]] },
  ),
  declare('where/int32-extremes', (c, a, b) => where(c, a, b), [
    bools([1, 0]),
    ints([2 ** 31 - 1, 1]),
    ints([5, -(2 ** 31)]),
  ]),
];

function greaterThanZero(x: Tensor): Tensor {
  return greater(x, 0);
}

const conversions: readonly ConformanceCase[] = [
  declare('cast/empty', (x) => cast(x, 'int32'), [uniform([0, 2])], { gradient: 'none' }),
  declare('cast/float32-rank-5', (x) => cast(x, 'int32'), [uniform([1, 2, 1, 3, 2], -9, 9)], {
    gradient: 'none',
  }),
  declare(
    'cast/truncates-towards-zero',
    (x) => cast(x, 'int32'),
    [floats([1.9, -1.9, 0.5, -0.5, 2.5, 3.5])],
    { gradient: 'none', expected: [[ints([1, -1, 0, 0, 2, 3])]] },
  ),
  declare(
    'cast/saturates',
    (x) => cast(x, 'int32'),
    [floats([3e9, -3e9, 2147483648, -2147483648, Number.POSITIVE_INFINITY, Number.NaN])],
    {
      special: true,
      expected: [[ints([2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1, 0])]],
    },
  ),
  declare('cast/int32-prime-131', (x) => cast(x, 'float32'), [
    integers([131], -(2 ** 31), 2 ** 31),
  ]),
  declare('cast/uint8-image', (x) => cast(x, 'float32'), [bytes([2, 3, 3, 1])]),
  declare('cast/bool-prime-131', (x) => cast(x, 'float32'), [flags([131])]),
  declareRuns(
    'cast/symbolic',
    (x) => cast(x, 'float32'),
    [3, 0, 4].map((batch) => [bytes([batch, 2])]),
    { shapes: [['batch', 2]] },
  ),
];

const nearby: readonly ConformanceCase[] = [
  declare('mul/same-operand', (x) => mul(x, x), [uniform([2, 3])], {
    secondOrder: true,
  }),
  declare('add/same-operand', (x) => add(x, x), [uniform([4])]),
  declare('add/constant', (x) => add(x, 0.1), [uniform([5])]),
  declare('sub/constant-left', (x) => sub(1, x), [uniform([5])]),
  declare('div/constant-left', (x) => div(1, x), [awayFromZero([5])], {
    secondOrder: true,
  }),
  declare('pow/constant-exponent', (x) => pow(x, 3), [awayFromZero([5])], {
    secondOrder: true,
  }),
  declare('pow/zero-exponent', (x) => pow(x, 0), [floats([0, -1, 2, 0.5])]),
  declare('max/clamp', (x) => clamp(x, -1, 1), [floats([-3, -0.5, 0.25, 0.75, 2])], {
    about: ['max', 'min'],
  }),
  declare(
    'add/subnormal',
    (a, b) => add(a, b),
    [floats([2 ** -127, 2 ** -149, 2 ** -126]), floats([2 ** -128, 2 ** -149, -(2 ** -127)])],
    { subnormal: true },
  ),
  declare(
    'mul/subnormal',
    (a, b) => mul(a, b),
    [floats([2 ** -100, 2 ** -127, 2 ** -75]), floats([2 ** -40, 2, 2 ** -74])],
    { subnormal: true },
  ),
  declare(
    'div/subnormal',
    (a, b) => div(a, b),
    [floats([2 ** -126, 2 ** -120]), floats([2, 2 ** 20])],
    { subnormal: true },
  ),
  declare(
    'equal/subnormal',
    (a, b) => equal(a, b),
    [floats([2 ** -149, 2 ** -127]), floats([0, 2 ** -127])],
    { subnormal: true },
  ),
  declare(
    'greater/subnormal',
    (a, b) => greater(a, b),
    [floats([2 ** -149, 2 ** -127]), floats([0, 2 ** -128])],
    { subnormal: true },
  ),
];

/** Cases of operators with two and three operands, beyond the golden ones. */
export const binaryCases: readonly ConformanceCase[] = [
  ...sweep(others, uniform, awayFromZero),
  ...sweep({ pow: power as Binary }, positive, awayFromZero),
  ...sweep(comparisons, tied, tied),
  ...sweep(logic, flags, flags),
  ...int32,
  truncation,
  ...choices,
  ...conversions,
  ...nearby,
];
