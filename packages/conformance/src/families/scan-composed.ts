import type { Tensor } from '@etalon/compiler';
import {
  add,
  cast,
  concat,
  conv2d,
  filled,
  gather,
  gradient,
  lesser,
  matmul,
  mul,
  reduceMean,
  reshape,
  scan,
  square,
  sub,
  tanh,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import type { Source } from '../cases/sources.ts';
import { integers, uniform } from '../cases/sources.ts';
import { same, totals } from './scan-totals.ts';
import { scanVectors } from './scan-vectors.ts';

/** A recurrent layer: `h = tanh(x·W + h·U)`, all states. */
function recurrent(x: Tensor, h: Tensor, w: Tensor, u: Tensor, reverse = false): Tensor {
  const options = { carried: h, stacked: x, reverse };
  const { stacked } = scan(
    (state: Tensor, row: Tensor) => same(tanh(add(matmul(row, w), matmul(state, u)))),
    options,
  );
  return stacked;
}

/** Steps of gradient descent on a linear model, with batches gathered by index from data that all steps share. */
function descent(weights: Tensor, x: Tensor, y: Tensor, batches: Tensor): Tensor {
  const { carried, stacked } = scan(
    (w: Tensor, batch: Tensor) => {
      const loss = (point: Tensor) =>
        reduceMean(square(sub(matmul(gather(x, batch), point), gather(y, batch))));
      const next = sub(w, mul(gradient(loss)(w), 0.1));
      return { carried: next, stacked: loss(w) };
    },
    { carried: weights, stacked: batches },
  );
  return concat([reshape(carried, [-1]), stacked]);
}

// Small enough that a step of descent shrinks errors: a budget that grew with the steps would catch nothing.
const features = (rows: number): Source => uniform([rows, 3], -0.5, 0.5);

const composed: readonly ConformanceCase[] = [
  declare('scan/recurrent', (x, h, w, u) => recurrent(x, h, w, u), [
    uniform([6, 2, 3]),
    uniform([2, 4]),
    uniform([3, 4], -0.5, 0.5),
    uniform([4, 4], -0.5, 0.5),
  ]),
  declare('scan/recurrent-reverse', (x, h, w, u) => recurrent(x, h, w, u, true), [
    uniform([6, 2, 3]),
    uniform([2, 4]),
    uniform([3, 4], -0.5, 0.5),
    uniform([4, 4], -0.5, 0.5),
  ]),
  declare(
    'scan/nested',
    (x) => {
      const start = filled({ dtype: 'float32', shape: [] }, 0);
      const { stacked } = scan(
        (total: Tensor, row: Tensor) => {
          const inner = scan((sum: Tensor, item: Tensor) => same(add(mul(sum, 0.5), item)), {
            carried: total,
            stacked: row,
          });
          return { carried: inner.carried, stacked: inner.stacked };
        },
        { carried: start, stacked: x },
      );
      return stacked;
    },
    [uniform([4, 5])],
  ),
  declare(
    'scan/nested-invariants',
    (x, w) => {
      const { carried } = scan(
        (state: Tensor, row: Tensor) => {
          const inner = scan((a: Tensor) => ({ carried: tanh(add(mul(a, w), row)), stacked: {} }), {
            carried: state,
            length: 3,
          });
          return { carried: inner.carried, stacked: {} };
        },
        { carried: w, stacked: x },
      );
      return carried;
    },
    [uniform([4, 3]), uniform([3])],
  ),
  declare('scan/two-in-a-row', (h, x) => totals(h, totals(h, x), true), [
    uniform([2]),
    uniform([5, 2]),
  ]),
  declare(
    'scan/convolution-inside',
    (image, filter) => {
      const { carried } = scan(
        (state: Tensor) => ({
          carried: tanh(conv2d(state, filter, { padding: 'same' })),
          stacked: {},
        }),
        { carried: image, length: 3 },
      );
      return carried;
    },
    [uniform([2, 5, 6, 3]), uniform([3, 3, 3, 3], -0.3, 0.3)],
  ),
  declare(
    'scan/constants-inside',
    (x) => {
      const { stacked } = scan(
        (state: Tensor, row: Tensor) => {
          const weights = cast(lesser(row, 0.25), 'float32');
          return same(add(mul(state, weights), mul(row, 3)));
        },
        { carried: filled({ dtype: 'float32', shape: [3] }, 2), stacked: x },
      );
      return stacked;
    },
    [uniform([4, 3])],
  ),
  declareRuns(
    'scan/descent',
    descent,
    [
      [uniform([3, 1]), features(11), uniform([11, 1]), integers([6, 4], 0, 11)],
      [uniform([3, 1]), features(5), uniform([5, 1]), integers([1, 2], 0, 5)],
      [uniform([3, 1]), features(7), uniform([7, 1]), integers([12, 7], 0, 7)],
    ],
    {
      shapes: [undefined, ['rows', 3], ['rows', 1], ['steps', 'batch']],
    },
  ),
];

const golden: readonly ConformanceCase[] = [
  declare('scan/jax-recurrent', (x, h, w, u) => recurrent(x, h, w, u), scanVectors.operands, {
    expected: [[scanVectors.forward]],
  }),
  declare(
    'scan/jax-recurrent-reverse',
    (x, h, w, u) => recurrent(x, h, w, u, true),
    scanVectors.operands,
    { expected: [[scanVectors.reverse]] },
  ),
];

/** Cases of what loops are for: recurrent layers, training steps, loops in loops, other operators inside. */
export const composedScanCases: readonly ConformanceCase[] = [...golden, ...composed];
