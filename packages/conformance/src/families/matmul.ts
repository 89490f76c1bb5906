import type { Tensor } from '@etalon/compiler';
import { add, matmul, reshape, swapLastAxes } from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import { floats, repeated, uniform } from '../cases/sources.ts';

type Sizes = readonly number[];

const product = (a: Tensor, b: Tensor): Tensor => matmul(a, b);

const shapes: Readonly<Record<string, readonly [Sizes, Sizes]>> = {
  'inner-129': [
    [3, 129],
    [129, 5],
  ],
  'rows-129': [
    [129, 4],
    [4, 3],
  ],
  'columns-131': [
    [2, 5],
    [5, 131],
  ],
  'primes-17-19-23': [
    [17, 19],
    [19, 23],
  ],
  'all-past-a-tile': [
    [65, 130],
    [130, 67],
  ],
  'long-inner-1031': [
    [2, 1031],
    [1031, 2],
  ],
  'one-row-129': [
    [1, 129],
    [129, 129],
  ],
  'batched-matrices-129': [
    [3, 2, 129],
    [3, 129, 2],
  ],
  'rank-6': [
    [2, 1, 2, 1, 2, 3],
    [1, 2, 1, 2, 3, 2],
  ],
};

const sizes = Object.entries(shapes).map(([name, [a, b]]) =>
  // the gradients of the largest products repeat what smaller ones show, at a cost
  declare(`matmul/${name}`, product, [uniform(a), uniform(b)], {
    gradient: name === 'all-past-a-tile' ? 'none' : 'smooth',
  }),
);

const symbolic: readonly ConformanceCase[] = [
  declareRuns(
    'matmul/symbolic-batch',
    product,
    [3, 1, 64, 0, 5].map((batch) => [uniform([batch, 7]), uniform([7, 4])]),
    { shapes: [['batch', 7], undefined] },
  ),
  declareRuns(
    'matmul/symbolic-inner',
    product,
    [3, 0, 129].map((inner) => [uniform([2, inner]), uniform([inner, 4])]),
    {
      shapes: [
        [2, 'inner'],
        ['inner', 4],
      ],
    },
  ),
  declareRuns(
    'matmul/symbolic-leading',
    product,
    [2, 1, 0, 3].map((batch) => [uniform([batch, 2, 3]), uniform([3, 4])]),
    { shapes: [['batch', 2, 3], undefined] },
  ),
];

const empty: readonly ConformanceCase[] = [
  declare('matmul/empty-inner', product, [floats([], [2, 0]), floats([], [0, 3])], {
    expected: [[repeated(0, [2, 3])]],
  }),
  declare('matmul/empty-rows', product, [floats([], [0, 4]), uniform([4, 3])]),
  declare('matmul/empty-columns', product, [uniform([2, 4]), floats([], [4, 0])]),
  declare('matmul/empty-batch', product, [floats([], [0, 2, 3]), uniform([3, 2])]),
  declare('matmul/empty-inner-batched', product, [floats([], [2, 3, 0]), floats([], [2, 0, 1])]),
];

const combined: readonly ConformanceCase[] = [
  declare('matmul/transposed-operand', (a, b) => matmul(a, swapLastAxes(b)), [
    uniform([3, 4]),
    uniform([5, 4]),
  ]),
  declare('matmul/same-operand', (a) => matmul(a, swapLastAxes(a)), [uniform([3, 4])], {
    secondOrder: true,
  }),
  declare('matmul/with-bias', (x, w, b) => add(matmul(x, w), b), [
    uniform([5, 7]),
    uniform([7, 3]),
    uniform([3]),
  ]),
  declare('matmul/chained', (a, b, c) => matmul(matmul(a, b), c), [
    uniform([3, 4]),
    uniform([4, 2]),
    uniform([2, 5]),
  ]),
  // An engine may prepare a right operand and keep that by its memory, which the reshaped one shares.
  declare('matmul/operand-in-two-shapes', (x, w) => matmul(matmul(x, w), reshape(w, [1, 129])), [
    uniform([17, 129]),
    uniform([129, 1]),
  ]),
  declare('matmul/operand-in-wider-shape', (x, w) => matmul(matmul(x, w), reshape(w, [6, 4])), [
    uniform([5, 4]),
    uniform([4, 6]),
  ]),
  declareRuns(
    'matmul/after-flatten',
    (x, w) => matmul(reshape(x, ['batch', 12]), w),
    [2, 5, 0].map((batch) => [uniform([batch, 2, 3, 2]), uniform([12, 4])]),
    { shapes: [['batch', 2, 3, 2], undefined], about: ['matmul', 'reshape'] },
  ),
];

/** Cases of matrix products, beyond the golden ones. */
export const matmulCases: readonly ConformanceCase[] = [
  ...sizes,
  ...symbolic,
  ...empty,
  ...combined,
];
