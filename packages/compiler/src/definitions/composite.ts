import type { CompositeOperatorsV1, NoAttributes, ValueType } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { elementCount, multiplyDimensions, shapesEqual } from '../dimension/index.ts';
import {
  abs,
  add,
  cast,
  div,
  equal,
  erf,
  exp,
  greater,
  greaterOrEqual,
  isNan,
  log,
  max,
  min,
  mul,
  neg,
  sigmoid,
  sub,
  where,
} from '../operators/elementwise.ts';
import { indexRange } from '../operators/indexing.ts';
import { reshape } from '../operators/movement.ts';
import { reduceMax, reduceSum } from '../operators/reduction.ts';
import { formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { DefinitionsOf, GradientRule, OperatorRule } from './definition.ts';
import { floatDTypes } from './definition.ts';
import {
  requireAxis,
  requireDType,
  requireInteger,
  requireNumber,
  requireSameDType,
} from './type-rules.ts';

interface AxisAttribute {
  readonly axis: number;
}

function activation<A>(
  gradient: GradientRule<1, A> | 'zero',
  decompose: (x: Tensor, attributes: A) => Tensor,
  flopsPerElement: number,
  check?: (attributes: A) => void,
): OperatorRule<1, A> {
  return {
    kind: 'composite',
    type: ([x], attributes) => {
      requireDType(x, floatDTypes, 'operand');
      check?.(attributes);
      return x;
    },
    gradient,
    decompose: ({ inputs: [x], attributes }) => decompose(x, attributes),
    flops: (_, output) => multiplyDimensions(flopsPerElement, elementCount(output.shape)),
  };
}

function alongAxis(
  gradient: GradientRule<1, AxisAttribute>,
  decompose: (x: Tensor, attributes: AxisAttribute) => Tensor,
): OperatorRule<1, AxisAttribute> {
  const rule = activation(gradient, decompose, 5);
  return {
    ...rule,
    type: (operands, attributes) => {
      requireAxis(attributes.axis, operands[0]);
      return rule.type(operands, attributes);
    },
  };
}

const over = (axis: number) => ({ axes: [axis], keepDims: true });

// Φ(x), the distribution function of the standard normal
const normalCdf = (x: Tensor): Tensor => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);

// φ(x) = e^(-x²/2) / √(2π)
const normalPdf = (x: Tensor): Tensor => mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));

const passThrough: OperatorRule<1, NoAttributes> = {
  kind: 'composite',
  type: ([x]) => x,
  rearranges: true,
  gradient: 'zero',
  decompose: ({ inputs: [x] }) => x,
  simplify: ({ inputs: [x] }) => x,
};

function straightThroughType(value: ValueType, path: ValueType): ValueType {
  requireDType(value, floatDTypes, 'operands');
  requireSameDType(value, path);
  if (shapesEqual(value.shape, path.shape)) return value;
  throw new ShapeError(
    'SHAPE_STRAIGHT_THROUGH',
    `both operands must have one shape, got ${formatType(value)} and ${formatType(path)}.`,
  );
}

/** Definitions of composite operators and of those that only concern differentiation. */
export const compositeDefinitions: DefinitionsOf<keyof CompositeOperatorsV1> = {
  // dx = y·(dy - Σ y·dy)
  softmax: alongAxis(
    ({ output: y, outputGradient: dy, attributes: { axis } }) => [
      mul(y, sub(dy, reduceSum(mul(y, dy), over(axis)))),
    ],
    (x, { axis }) => {
      const shifted = exp(sub(x, reduceMax(x, over(axis))));
      return div(shifted, reduceSum(shifted, over(axis)));
    },
  ),
  // dx = dy - e^y·Σ dy
  logSoftmax: alongAxis(
    ({ output: y, outputGradient: dy, attributes: { axis } }) => [
      sub(dy, mul(exp(y), reduceSum(dy, over(axis)))),
    ],
    (x, { axis }) => {
      const shifted = sub(x, reduceMax(x, over(axis)));
      return sub(shifted, log(reduceSum(exp(shifted), over(axis))));
    },
  ),
  // d softplus(x) = σ(x)·dx
  softplus: activation(
    ({ inputs: [x], outputGradient: dy }) => [mul(dy, sigmoid(x))],
    (x) => add(max(x, 0), log(add(1, exp(neg(abs(x)))))),
    4,
  ),
  // d gelu(x) = (Φ(x) + x·φ(x))·dx
  gelu: activation(
    ({ inputs: [x], outputGradient: dy }) => [mul(dy, add(normalCdf(x), mul(x, normalPdf(x))))],
    (x) => mul(x, normalCdf(x)),
    5,
  ),
  // d elu(x) = dx where x > 0, else alpha·e^x·dx = (y + alpha)·dx
  elu: activation<CompositeOperatorsV1['elu']>(
    ({ inputs: [x], output: y, outputGradient: dy, attributes: { alpha } }) => [
      where(greater(x, 0), dy, mul(dy, add(y, alpha))),
    ],
    // the exponent is kept at or below 0, so that the branch not taken does not overflow
    (x, { alpha }) => where(greater(x, 0), x, mul(sub(exp(min(x, 0)), 1), alpha)),
    4,
    ({ alpha }) => requireNumber(alpha, 'alpha'),
  ),
  // d leakyRelu(x) = dx where x > 0, else alpha·dx
  leakyRelu: activation<CompositeOperatorsV1['leakyRelu']>(
    ({ inputs: [x], outputGradient: dy, attributes: { alpha } }) => [
      where(greater(x, 0), dy, mul(dy, alpha)),
    ],
    (x, { alpha }) => where(greater(x, 0), x, mul(x, alpha)),
    2,
    ({ alpha }) => requireNumber(alpha, 'alpha'),
  ),
  step: activation<NoAttributes>(
    'zero',
    (x) => where(isNan(x), x, where(greaterOrEqual(x, 0), 1, -1)),
    1,
  ),
  oneHot: {
    kind: 'composite',
    indices: (_, { depth }) => ({ operand: 0, limit: depth }),
    type: ([indices], { depth }) => {
      requireDType(indices, ['int32'], 'indices');
      requireInteger(depth, 0, 'depth');
      return { dtype: 'float32', shape: [...indices.shape, depth] };
    },
    gradient: 'zero',
    decompose: ({ inputs: [indices], attributes: { depth } }) =>
      cast(equal(reshape(indices, [...indices.shape, 1]), indexRange(depth)), 'float32'),
  },
  stopGradient: passThrough,
  straightThrough: {
    kind: 'composite',
    type: ([value, path]) => straightThroughType(value, path),
    gradient: ({ outputGradient: dy }) => [undefined, dy],
    decompose: ({ inputs: [value] }) => value,
    simplify: ({ inputs: [value] }) => value,
  },
};
