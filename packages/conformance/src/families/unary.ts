import type { Tensor } from '@etalon/compiler';
import {
  abs,
  ceil,
  cos,
  elu,
  erf,
  exp,
  floor,
  gelu,
  isNan,
  leakyRelu,
  log,
  logicalNot,
  neg,
  reciprocal,
  relu,
  roundEven,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  step,
  tanh,
} from '@etalon/compiler';
import type { ConformanceCase } from '../cases/case.ts';
import { declare, declareRuns } from '../cases/declare.ts';
import type { Source } from '../cases/sources.ts';
import { awayFromZero, flags, floats, integers, ints, uniform } from '../cases/sources.ts';

type Domain = (shape: readonly number[]) => Source;

// Kinks and steps are kept at a distance, so that central differences hold.
const anywhere: Domain = awayFromZero;
const positive: Domain = (shape) => uniform(shape, 0.2, 5);
const betweenIntegers: Domain = (shape) => uniform(shape, 2.6, 2.9);

const functions: Readonly<Record<string, readonly [(x: Tensor) => Tensor, Domain]>> = {
  abs: [abs, anywhere],
  neg: [neg, anywhere],
  sign: [sign, anywhere],
  reciprocal: [reciprocal, anywhere],
  sqrt: [sqrt, positive],
  exp: [exp, anywhere],
  log: [log, positive],
  sin: [sin, anywhere],
  cos: [cos, anywhere],
  tanh: [tanh, anywhere],
  erf: [erf, anywhere],
  sigmoid: [sigmoid, anywhere],
  relu: [relu, anywhere],
  floor: [floor, betweenIntegers],
  ceil: [ceil, betweenIntegers],
  roundEven: [roundEven, betweenIntegers],
  isNaN: [isNan, anywhere],
  softplus: [softplus, anywhere],
  gelu: [gelu, anywhere],
  elu: [(x) => elu(x), anywhere],
  leakyRelu: [(x) => leakyRelu(x), anywhere],
  step: [step, anywhere],
};

/** Sizes that engines treat apart: none, one, odd, prime, past a vector or a tile, and many axes. */
const shapes: Readonly<Record<string, readonly number[]>> = {
  scalar: [],
  'one-element': [1],
  'prime-7': [7],
  'past-a-tile-129': [129],
  'prime-1031': [1031],
  'rank-3': [2, 3, 5],
  'rank-6': [1, 2, 1, 3, 1, 2],
  empty: [0],
  'empty-rank-3': [2, 0, 3],
};

const sweeps = Object.entries(functions).flatMap(([name, [body, domain]]) => [
  ...Object.entries(shapes).map(([label, shape]) =>
    declare(`${name}/${label}`, (x) => body(x), [domain(shape)]),
  ),
  declareRuns(
    `${name}/symbolic`,
    (x) => body(x),
    [[domain([2, 3])], [domain([5, 3])], [domain([0, 3])], [domain([1, 3])]],
    { shapes: [['batch', 3]] },
  ),
]);

const tiny = 2 ** -149;
const subnormals = [tiny, -tiny, 2 ** -127, -(2 ** -130), 2 ** -126, 1e-39];

const subnormal = (['abs', 'neg', 'sign', 'relu'] as const).map((name) =>
  declare(`${name}/subnormal`, (x) => functions[name]?.[0](x) ?? x, [floats(subnormals)], {
    subnormal: true,
  }),
);

const more: readonly ConformanceCase[] = [
  declare('logicalNot/prime-1031', (x) => logicalNot(x), [flags([1031])]),
  declare('logicalNot/rank-5', (x) => logicalNot(x), [flags([1, 2, 3, 1, 2])]),
  declare('logicalNot/empty', (x) => logicalNot(x), [flags([0, 2])]),
  ...([abs, neg, sign] as const).flatMap((body, at) => {
    const name = ['abs', 'neg', 'sign'][at];
    return [
      declare(`${name}/int32-prime-131`, (x) => body(x), [integers([131], -(2 ** 31), 2 ** 31)]),
      declare(`${name}/int32-rank-3`, (x) => body(x), [integers([2, 3, 2])]),
      declare(`${name}/int32-empty`, (x) => body(x), [integers([0])]),
    ];
  }),
  declare('relu/int32', (x) => relu(x), [ints([3, -3, 0, 2 ** 31 - 1, -(2 ** 31)])], {
    gradient: 'none',
  }),
  declare('exp/underflow', (x) => exp(x), [floats([-95, -100, -104, -200, -1000])], {
    subnormal: true,
  }),
  declare('exp/overflow', (x) => exp(x), [floats([88.8, 89, 100, 1000])], { special: true }),
  declare('sigmoid/far-out', (x) => sigmoid(x), [floats([-1000, -100, -50, 50, 100, 1000])], {
    gradient: 'analytic',
  }),
  declare('tanh/far-out', (x) => tanh(x), [floats([-1000, -50, -20, 20, 50, 1000])], {
    gradient: 'analytic',
  }),
  declare('softplus/far-out', (x) => softplus(x), [floats([-200, -100, 100, 1e4, 1e30])], {
    gradient: 'analytic',
  }),
  declare('gelu/far-out', (x) => gelu(x), [floats([-100, -20, 20, 100, 1000])], {
    gradient: 'analytic',
  }),
  declare('tanh/near-zero', (x) => tanh(x), [floats([1e-3, -1e-4, 1e-6, -1e-10, 1e-30])]),
  declare('erf/near-zero', (x) => erf(x), [floats([1e-3, -1e-4, 1e-6, -1e-10])]),
  declare('sin/near-zero', (x) => sin(x), [floats([1e-3, -1e-4, 1e-6, -1e-10])]),
  declare('log/near-one', (x) => log(x), [floats([1 + 2 ** -23, 1 - 2 ** -24, 1.0001, 0.9999])]),
  declare('floor/large', (x) => floor(x), [floats([8388609, -8388609, 1e10, -1e30, 0.999999])]),
  declare('roundEven/ties', (x) => roundEven(x), [
    floats([0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, 4194304.5, 4194305.5]),
  ]),
  declare('step/zeros', (x) => step(x), [floats([0, -0, 1, -1])], {
    expected: [[floats([1, 1, 1, -1])]],
  }),
  declare('elu/alpha-2', (x) => elu(x, { alpha: 2 }), [awayFromZero([3, 4])]),
  declare('leakyRelu/negative-alpha', (x) => leakyRelu(x, { alpha: -0.5 }), [awayFromZero([3, 4])]),
  declare('leakyRelu/alpha-above-one', (x) => leakyRelu(x, { alpha: 1.5 }), [awayFromZero([7])]),
  declare('isNaN/scalar-nan', (x) => isNan(x), [floats([Number.NaN], [])], { special: true }),
];

/** Cases of operators with one operand, beyond the golden ones. */
export const unaryCases: readonly ConformanceCase[] = [...sweeps, ...subnormal, ...more];
