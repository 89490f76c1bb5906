import type { Tensor } from '@etalon/compiler';
import {
  add,
  cast,
  filled,
  gather,
  greater,
  matmul,
  mul,
  reduceSum,
  reshape,
  scan,
  sigmoid,
  slice,
  softmax,
  sub,
  swapLastAxes,
  tanh,
  transpose,
  where,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import { floats, integers, uniform } from '../cases/sources.ts';
import { same } from './scan-totals.ts';

type State = { readonly hidden: Tensor; readonly cell: Tensor };

/** One step of an LSTM whose input `[batch, 4 · units]` was multiplied before. */
function lstmStep({ hidden, cell }: State, input: Tensor, u: Tensor, bias: Tensor): State {
  const z = add(add(input, matmul(hidden, u)), bias);
  const [batch = 1, units = 1] = hidden.shape;
  const gate = (at: number): Tensor =>
    slice(z, { starts: [0, at * Number(units)], sizes: [batch, units] });
  const [i, f, g, o] = [gate(0), gate(1), gate(2), gate(3)];
  const next = add(mul(sigmoid(f), cell), mul(sigmoid(i), tanh(g)));
  return { cell: next, hidden: mul(sigmoid(o), tanh(next)) };
}

function lstm(x: Tensor, u: Tensor, bias: Tensor, checkpoint = false): Tensor {
  const [, batch = 1, gates] = x.shape;
  const units = Number(gates) / 4;
  const zeros = filled({ dtype: 'float32', shape: [batch, units] }, 0);
  const { stacked } = scan(
    (state: State, input: Tensor) => {
      const next = lstmStep(state, input, u, bias);
      return { carried: next, stacked: next.hidden };
    },
    { carried: { hidden: zeros, cell: zeros }, stacked: x, checkpoint },
  );
  return stacked;
}

/** Rows of an embedding are added up, and forgotten by a factor that all share. */
function memory(ids: Tensor, table: Tensor, factor: Tensor): Tensor {
  const { carried } = scan(
    (state: Tensor, row: Tensor) => ({
      carried: tanh(add(mul(state, factor), gather(table, row))),
      stacked: {},
    }),
    { carried: filled({ dtype: 'float32', shape: [3, 4] }, 0), stacked: ids },
  );
  return carried;
}

/** Batches of matrices inside of a loop, as attention in a decoder has them. */
function attending(query: Tensor, keys: Tensor, w: Tensor): Tensor {
  const { carried } = scan(
    (state: Tensor) => {
      const weights = softmax(matmul(matmul(state, w), swapLastAxes(keys)));
      return { carried: tanh(matmul(weights, keys)), stacked: {} };
    },
    { carried: query, length: 2 },
  );
  return carried;
}

const options = { secondOrder: true } as const;

/** Cases about gradients of loops: what is kept, computed again, summed inside and outside. */
export const scanGradientCases: readonly ConformanceCase[] = [
  declare(
    'scan/lstm',
    (x, u, bias) => lstm(x, u, bias),
    [uniform([5, 2, 12]), uniform([3, 12], -0.5, 0.5), uniform([12])],
    options,
  ),
  declare(
    'scan/lstm-checkpoint',
    (x, u, bias) => lstm(x, u, bias, true),
    [uniform([5, 2, 12]), uniform([3, 12], -0.5, 0.5), uniform([12])],
    options,
  ),
  declareRuns(
    'scan/lstm-symbolic',
    (x, u, bias) => lstm(x, u, bias),
    [
      [uniform([4, 3, 8]), uniform([2, 8]), uniform([8])],
      [uniform([1, 1, 8]), uniform([2, 8]), uniform([8])],
      [uniform([0, 2, 8]), uniform([2, 8]), uniform([8])],
      [uniform([3, 0, 8]), uniform([2, 8]), uniform([8])],
    ],
    { shapes: [['time', 'batch', 8]] },
  ),
  declare(
    'scan/variable-lengths',
    (x, u, lengths) => {
      const zeros = filled({ dtype: 'float32', shape: [3, 2] }, 0);
      const { carried } = scan(
        (state: Tensor, row: Tensor, index: Tensor) => {
          const isThere = reshape(greater(lengths, index), [3, 1]);
          return { carried: where(isThere, tanh(add(row, matmul(state, u))), state), stacked: {} };
        },
        { carried: zeros, stacked: x },
      );
      return carried;
    },
    [uniform([4, 3, 2]), uniform([2, 2]), integers([3], 0, 5)],
    options,
  ),
  declare(
    'scan/embedding',
    memory,
    [integers([6, 3], 0, 5), uniform([5, 4]), uniform([4])],
    options,
  ),
  declare(
    'scan/attention',
    attending,
    // small scores: exponentials of larger ones, twice in a row, have error bounds that catch nothing
    [uniform([2, 3, 4], -0.5, 0.5), uniform([2, 5, 4], -0.5, 0.5), uniform([4, 4], -0.5, 0.5)],
    options,
  ),
  declare(
    'scan/weights-made-inside',
    (x, w, scale) => {
      const { carried } = scan(
        (state: Tensor, row: Tensor) => ({
          carried: tanh(add(row, matmul(state, mul(transpose(w), scale)))),
          stacked: {},
        }),
        { carried: filled({ dtype: 'float32', shape: [2, 3] }, 0.5), stacked: x },
      );
      return carried;
    },
    [uniform([4, 2, 3]), uniform([3, 3]), uniform([3])],
    options,
  ),
  declare(
    'scan/sums-of-many-kinds',
    (x, a, b) => {
      const { carried, stacked } = scan(
        (state: Tensor, row: Tensor) => {
          const next = sub(add(mul(row, a), b), mul(state, 0.5));
          return { carried: tanh(next), stacked: mul(a, reduceSum(row)) };
        },
        { carried: filled({ dtype: 'float32', shape: [3] }, 0), stacked: x },
      );
      return add(carried, reduceSum(stacked, { axes: 0 }));
    },
    [uniform([5, 3]), uniform([3]), uniform([3])],
    options,
  ),
  declare(
    'scan/gradient-of-unchanged',
    (a, x) => {
      const { stacked } = scan(
        (_: Tensor, row: Tensor) => ({ carried: a, stacked: { again: a, row } }),
        { carried: a, stacked: x },
      );
      return mul(stacked.again, stacked.row);
    },
    [uniform([2]), uniform([3, 2])],
    options,
  ),
  declare(
    'scan/counting',
    (x, w) => {
      const { carried } = scan(
        ({ count, sum }: { count: Tensor; sum: Tensor }, row: Tensor) => ({
          carried: {
            count: add(count, 1),
            sum: add(sum, mul(mul(row, w), cast(count, 'float32'))),
          },
          stacked: {},
        }),
        {
          carried: {
            count: filled({ dtype: 'int32', shape: [] }, 1),
            sum: filled({ dtype: 'float32', shape: [3] }, 0),
          },
          stacked: x,
        },
      );
      return carried.sum;
    },
    [uniform([4, 3]), floats([1, -2, 0.5])],
    options,
  ),
  declare(
    'scan/loops-in-loops',
    (x, w) => {
      const { carried } = scan(
        (state: Tensor, row: Tensor) => {
          const inner = scan((a: Tensor, item: Tensor) => same(tanh(add(matmul(a, w), item))), {
            carried: state,
            stacked: row,
            reverse: true,
          });
          return { carried: inner.carried, stacked: {} };
        },
        { carried: filled({ dtype: 'float32', shape: [2, 3] }, 0), stacked: x },
      );
      return carried;
    },
    [uniform([3, 2, 2, 3]), uniform([3, 3])],
    options,
  ),
];
