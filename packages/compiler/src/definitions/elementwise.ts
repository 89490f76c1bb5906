import type { DType, ElementwiseOperatorsV1, NoAttributes, ValueType } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import { elementCount } from '../dimension/index.ts';
import {
  add,
  cos,
  div,
  equal,
  exp,
  floor,
  greater,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  max,
  mul,
  neg,
  notEqual,
  pow,
  sign,
  sin,
  sub,
  where,
} from '../operators/elementwise.ts';
import { formatType } from '../program/format-type.ts';
import type { DefinitionsOf, GradientRule, OperatorRule } from './definition.ts';
import { everyDType, floatDTypes, numericDTypes } from './definition.ts';
import { sumOfLinear, sumOfScaled, sumOfTerms } from './iteration-sums.ts';
import { maskPooledGradient } from './pool-gradient-rules.ts';
import { dropExpand, dropFactorOne, dropNeutral, joinPadded } from './simplify-rules.ts';
import { broadcast, requireDType, requireSameDType } from './type-rules.ts';

type Unary = OperatorRule<1, NoAttributes>;
type Binary = OperatorRule<2, NoAttributes>;

// One operation per element of the result; a transcendental function counts as one too, as is usual
// for model summaries.
const onePerElement = (_inputs: unknown, output: ValueType) => elementCount(output.shape);

function unary(
  dtypes: readonly DType[],
  gradient: Unary['gradient'],
  decompose?: Unary['decompose'],
): Unary {
  return {
    kind: 'core',
    type: ([x]) => {
      requireDType(x, dtypes, 'operand');
      return x;
    },
    gradient,
    flops: onePerElement,
    ...(decompose && { decompose }),
  };
}

function binary(
  dtypes: readonly DType[],
  result: 'same' | 'bool',
  gradient: Binary['gradient'],
  more: Partial<Binary> = {},
): Binary {
  return {
    kind: 'core',
    type: ([a, b]) => {
      requireSameDType(a, b);
      requireDType(a, dtypes, 'operands');
      return { dtype: result === 'bool' ? 'bool' : a.dtype, shape: broadcast([a, b]) };
    },
    gradient,
    flops: onePerElement,
    ...more,
  };
}

// The gradient of max and min goes to the operand that won; at a tie half to each, as in JAX and PyTorch.
function winner(wins: typeof greater): GradientRule<2, NoAttributes> {
  return ({ inputs: [a, b], outputGradient: dy }) => {
    const shared = where(equal(a, b), mul(dy, 0.5), 0);
    return [where(wins(a, b), dy, shared), where(wins(b, a), dy, shared)];
  };
}

/** Definitions of the element-wise operators. */
export const elementwiseDefinitions: DefinitionsOf<keyof ElementwiseOperatorsV1> = {
  // d(a + b) = da + db
  add: binary(numericDTypes, 'same', ({ outputGradient: dy }) => [dy, dy], {
    simplify: (context) => joinPadded(context) ?? dropExpand('add', context),
    sumOverIterations: sumOfTerms(add),
  }),
  // d(a - b) = da - db
  sub: binary(numericDTypes, 'same', ({ outputGradient: dy }) => [dy, neg(dy)], {
    simplify: (context) => dropNeutral(context, 0) ?? dropExpand('sub', context),
    sumOverIterations: sumOfTerms(sub),
  }),
  // d(a·b) = b·da + a·db
  mul: binary(
    numericDTypes,
    'same',
    ({ inputs: [a, b], outputGradient: dy }) => [mul(dy, b), mul(dy, a)],
    {
      simplify: (context) => dropFactorOne(context) ?? dropExpand('mul', context),
      sumOverIterations: sumOfScaled(mul, 'both'),
    },
  ),
  // d(a/b) = da/b - (a/b)/b·db
  div: binary(
    numericDTypes,
    'same',
    ({ inputs: [, b], output: y, outputGradient: dy }) => {
      const quotient = div(dy, b);
      return [quotient, neg(mul(quotient, y))];
    },
    {
      simplify: (context) => dropNeutral(context, 1) ?? dropExpand('div', context),
      sumOverIterations: sumOfScaled(div, 'first'),
    },
  ),
  max: binary(numericDTypes, 'same', winner(greater), {
    simplify: (context) => dropExpand('max', context),
  }),
  min: binary(
    numericDTypes,
    'same',
    winner((a, b) => greater(b, a)),
    { simplify: (context) => dropExpand('min', context) },
  ),
  // d(a^b) = b·a^(b-1)·da + a^b·log(a)·db; the first factor is 0 where b is 0 and the second where a
  // is 0, so that no 0·∞ appears
  pow: binary(floatDTypes, 'same', ({ inputs: [a, b], output: y, outputGradient: dy }) => {
    const flat = equal(b, 0);
    const slope = where(flat, 0, mul(b, pow(a, where(flat, 1, sub(b, 1)))));
    const zero = equal(a, 0);
    return [mul(dy, slope), mul(dy, where(zero, 0, mul(y, log(where(zero, 1, a)))))];
  }),

  equal: binary(everyDType, 'bool', 'zero'),
  notEqual: binary(everyDType, 'bool', 'zero', {
    decompose: ({ inputs: [a, b] }) => logicalNot(equal(a, b)),
  }),
  greater: binary(numericDTypes, 'bool', 'zero'),
  greaterOrEqual: binary(numericDTypes, 'bool', 'zero', {
    decompose: ({ inputs: [a, b] }) => logicalOr(greater(a, b), equal(a, b)),
  }),
  lesser: binary(numericDTypes, 'bool', 'zero', {
    decompose: ({ inputs: [a, b] }) => greater(b, a),
  }),
  lesserOrEqual: binary(numericDTypes, 'bool', 'zero', {
    decompose: ({ inputs: [a, b] }) => logicalOr(greater(b, a), equal(a, b)),
  }),

  logicalAnd: binary(['bool'], 'bool', 'zero'),
  logicalOr: binary(['bool'], 'bool', 'zero', {
    decompose: ({ inputs: [a, b] }) => logicalNot(logicalAnd(logicalNot(a), logicalNot(b))),
  }),
  logicalXor: binary(['bool'], 'bool', 'zero', {
    decompose: ({ inputs: [a, b] }) => notEqual(a, b),
  }),
  logicalNot: unary(['bool'], 'zero'),
  isNaN: {
    kind: 'core',
    type: ([x]) => {
      requireDType(x, floatDTypes, 'operand');
      return { dtype: 'bool', shape: x.shape };
    },
    gradient: 'zero',
    decompose: ({ inputs: [x] }) => notEqual(x, x),
    flops: onePerElement,
  },

  // d where(c, a, b) = where(c, da, 0) + where(c, 0, db)
  where: {
    kind: 'core',
    dataOperand: 1,
    type: ([condition, a, b]) => {
      requireDType(condition, ['bool'], 'condition');
      requireSameDType(a, b);
      return { dtype: a.dtype, shape: broadcast([condition, a, b]) };
    },
    gradient: ({ inputs: [condition], outputGradient: dy }) => [
      undefined,
      where(condition, dy, 0),
      where(condition, 0, dy),
    ],
    simplify: maskPooledGradient,
    flops: onePerElement,
  },

  // d|x| = sign(x)·dx
  abs: unary(
    numericDTypes,
    ({ inputs: [x], outputGradient: dy }) => [mul(dy, sign(x))],
    // max may return either zero; adding 0 makes it the positive one
    ({ inputs: [x] }) => add(max(x, neg(x)), 0),
  ),
  // d(-x) = -dx
  neg: {
    ...unary(
      numericDTypes,
      ({ outputGradient: dy }) => [neg(dy)],
      ({ inputs: [x] }) => mul(x, -1),
    ),
    sumOverIterations: sumOfLinear(neg),
  },
  sign: unary(numericDTypes, 'zero', ({ inputs: [x] }) =>
    // the last branch takes zeros and NaN, which keeps NaN
    where(greater(x, 0), 1, where(greater(0, x), -1, x)),
  ),
  // d(1/x) = -1/x²·dx
  reciprocal: unary(
    floatDTypes,
    ({ output: y, outputGradient: dy }) => [neg(mul(dy, mul(y, y)))],
    ({ inputs: [x] }) => div(1, x),
  ),
  // d√x = dx / (2·√x)
  sqrt: unary(floatDTypes, ({ output: y, outputGradient: dy }) => [div(mul(dy, 0.5), y)]),
  // d(e^x) = e^x·dx
  exp: unary(floatDTypes, ({ output: y, outputGradient: dy }) => [mul(dy, y)]),
  // d(log x) = dx/x
  log: unary(floatDTypes, ({ inputs: [x], outputGradient: dy }) => [div(dy, x)]),
  // d(sin x) = cos(x)·dx
  sin: unary(floatDTypes, ({ inputs: [x], outputGradient: dy }) => [mul(dy, cos(x))]),
  // d(cos x) = -sin(x)·dx
  cos: unary(floatDTypes, ({ inputs: [x], outputGradient: dy }) => [neg(mul(dy, sin(x)))]),
  // d(tanh x) = (1 - tanh²x)·dx
  tanh: unary(floatDTypes, ({ output: y, outputGradient: dy }) => [mul(dy, sub(1, mul(y, y)))]),
  // d(erf x) = 2/√π·e^(-x²)·dx
  erf: unary(floatDTypes, ({ inputs: [x], outputGradient: dy }) => [
    mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
  ]),
  // dσ(x) = σ(x)·(1 - σ(x))·dx
  sigmoid: unary(
    floatDTypes,
    ({ output: y, outputGradient: dy }) => [mul(dy, mul(y, sub(1, y)))],
    ({ inputs: [x] }) => div(1, add(1, exp(neg(x)))),
  ),
  // d relu(x) = dx where x > 0, and 0 at 0, as Keras, JAX and PyTorch have it
  relu: unary(
    numericDTypes,
    ({ output: y, outputGradient: dy }) => [where(greater(y, 0), dy, 0)],
    ({ inputs: [x] }) => max(x, 0),
  ),
  floor: unary(floatDTypes, 'zero'),
  ceil: unary(floatDTypes, 'zero', ({ inputs: [x] }) => neg(floor(neg(x)))),
  roundEven: unary(floatDTypes, 'zero'),

  // float32 to float32 passes the gradient; any other conversion cuts it
  cast: {
    kind: 'core',
    rearranges: ([x], { to }) => to === 'int32' && x.dtype !== 'float32',
    type: ([x], { to }) => {
      if (!['float32', 'int32', 'bool'].includes(to)) {
        throw new AttributeError(
          'ATTRIBUTE_CAST',
          `cannot convert to ${JSON.stringify(to)}, got ${formatType(x)}.\nExpected float32, int32 or bool.`,
        );
      }
      return { dtype: to, shape: x.shape };
    },
    gradient: ({ inputs: [x], attributes, outputGradient: dy }) => [
      x.dtype === 'float32' && attributes.to === 'float32' ? dy : undefined,
    ],
    simplify: ({ inputs: [x], attributes }) => (x.dtype === attributes.to ? x : undefined),
  },
};
