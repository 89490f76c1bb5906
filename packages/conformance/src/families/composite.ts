import type { Tensor } from '@etalon/compiler';
import {
  add,
  gather,
  logSoftmax,
  matmul,
  mul,
  neg,
  oneHot,
  reduceMean,
  reduceSum,
  reshape,
  sigmoid,
  sign,
  softmax,
  step,
  stopGradient,
  straightThrough,
  sub,
  tanh,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import { awayFromZero, floats, integers, repeated, uniform } from '../cases/sources.ts';

const sweeps = Object.entries({ softmax, logSoftmax }).flatMap(([name, body]) => [
  declare(`${name}/past-a-tile-129`, (x) => body(x), [uniform([3, 129])]),
  declare(`${name}/tile-129-first-axis`, (x) => body(x, { axis: 0 }), [uniform([129, 2])]),
  declare(`${name}/prime-1031`, (x) => body(x), [uniform([1031])]),
  declare(`${name}/wide-range`, (x) => body(x), [uniform([5, 7], -60, 60)]),
  declare(`${name}/equal-logits`, (x) => body(x), [repeated(3, [2, 10])]),
  declare(`${name}/empty-batch`, (x) => body(x), [floats([], [0, 5])]),
  declare(`${name}/empty-classes`, (x) => body(x), [floats([], [3, 0])]),
  declareRuns(
    `${name}/symbolic`,
    (x) => body(x),
    [2, 1, 0, 5].map((batch) => [uniform([batch, 4])]),
    { shapes: [['batch', 4]] },
  ),
  declareRuns(
    `${name}/symbolic-axis`,
    (x) => body(x, { axis: 0 }),
    [2, 1, 7].map((classes) => [uniform([classes, 2])]),
    { shapes: [['classes', 2]] },
  ),
]);

// The estimators' gradients are conventions: the function itself is flat.
const estimators: readonly ConformanceCase[] = [
  declare('straightThrough/step', straightThrough(step), [awayFromZero([3, 4])], {
    about: ['straightThrough', 'step'],
    gradient: 'analytic',
  }),
  declare('straightThrough/sign', straightThrough(sign), [awayFromZero([131])], {
    gradient: 'analytic',
  }),
  declare('straightThrough/empty', straightThrough(step), [floats([], [0, 3])], {
    gradient: 'analytic',
  }),
  declare('stopGradient/one-factor', (x) => mul(stopGradient(x), x), [uniform([2, 3])], {
    gradient: 'analytic',
  }),
  declare(
    'stopGradient/one-term',
    (a, b) => add(stopGradient(mul(a, b)), b),
    [uniform([2, 3]), uniform([3])],
    { gradient: 'analytic' },
  ),
];

function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const log = logSoftmax(logits);
  return neg(reduceMean(reduceSum(mul(log, oneHot(labels, { depth: 5 })), { axes: 1 })));
}

function dense(x: Tensor, w: Tensor, b: Tensor): Tensor {
  return tanh(add(matmul(x, w), b));
}

const combined: readonly ConformanceCase[] = [
  declare('logSoftmax/cross-entropy', crossEntropy, [uniform([6, 5]), integers([6], 0, 5)], {
    about: ['logSoftmax', 'oneHot'],
    secondOrder: true,
  }),
  declareRuns(
    'logSoftmax/cross-entropy-symbolic',
    crossEntropy,
    [3, 1, 64].map((batch) => [uniform([batch, 5]), integers([batch], 0, 5)]),
    { shapes: [['batch', 5], ['batch']], about: ['logSoftmax', 'oneHot'] },
  ),
  declare(
    'softmax/attention',
    (q, k, v) => matmul(softmax(matmul(q, k)), v),
    [uniform([2, 3, 4]), uniform([2, 4, 5]), uniform([2, 5, 3])],
    { about: ['softmax', 'matmul'] },
  ),
  declare('tanh/dense-layer', dense, [uniform([4, 5]), uniform([5, 3]), uniform([3])], {
    about: ['tanh', 'matmul', 'add'],
    secondOrder: true,
  }),
  declare('sigmoid/gate', (x, y) => mul(sigmoid(x), sub(y, x)), [uniform([7]), uniform([7])], {
    secondOrder: true,
  }),
  declare(
    'gather/embedding-mean',
    (table, i) => reduceMean(gather(table, i), { axes: 1 }),
    [uniform([11, 3]), integers([4, 5], 0, 11)],
    { about: ['gather', 'reduceMean'] },
  ),
  declare(
    'reshape/through-mean',
    (x) => reduceMean(reshape(x, [3, 4]), { axes: 0 }),
    [uniform([2, 6])],
    { about: ['reshape', 'reduceMean'] },
  ),
];

/** Cases of composite operators and of small compositions, beyond the golden ones. */
export const compositeCases: readonly ConformanceCase[] = [...sweeps, ...estimators, ...combined];
