import type { ElementwiseOperatorsV1 } from '@etalon/spec';
import type { operandCounts } from '../definitions/operand-counts.ts';
import type { Tensor, TensorLike } from '../tracing/tensor.ts';
import { builderOf, emit, promote, scalar } from './emit.ts';

type Counts = typeof operandCounts;
type WithCount<N> = {
  [K in keyof ElementwiseOperatorsV1]: Counts[K] extends N ? K : never;
}[keyof ElementwiseOperatorsV1];

// Both operands may be numbers only where a trace is open; the operators' semantics are in the spec.
function binary(operator: WithCount<2>): (a: TensorLike, b: TensorLike) => Tensor {
  return (a, b) => emit(operator, promote(operator, [a, b]), {});
}

function unary(operator: Exclude<WithCount<1>, 'cast'>): (x: TensorLike) => Tensor {
  return (x) => emit(operator, promote(operator, [x]), {});
}

/** Returns `a + b`, broadcast. See {@link ElementwiseOperatorsV1.add}. */
export const add: (a: TensorLike, b: TensorLike) => Tensor = binary('add');
/** Returns `a - b`, broadcast. See {@link ElementwiseOperatorsV1.sub}. */
export const sub: (a: TensorLike, b: TensorLike) => Tensor = binary('sub');
/** Returns `a · b`, broadcast. See {@link ElementwiseOperatorsV1.mul}. */
export const mul: (a: TensorLike, b: TensorLike) => Tensor = binary('mul');
/** Returns `a / b`, broadcast. See {@link ElementwiseOperatorsV1.div}. */
export const div: (a: TensorLike, b: TensorLike) => Tensor = binary('div');
/** Returns the larger operand, broadcast. See {@link ElementwiseOperatorsV1.max}. */
export const max: (a: TensorLike, b: TensorLike) => Tensor = binary('max');
/** Returns the smaller operand, broadcast. See {@link ElementwiseOperatorsV1.min}. */
export const min: (a: TensorLike, b: TensorLike) => Tensor = binary('min');
/** Returns `a` to the power `b`, broadcast. See {@link ElementwiseOperatorsV1.pow}. */
export const pow: (a: TensorLike, b: TensorLike) => Tensor = binary('pow');

/** Returns `a == b` as bool, broadcast. See {@link ElementwiseOperatorsV1.equal}. */
export const equal: (a: TensorLike, b: TensorLike) => Tensor = binary('equal');
/** Returns `a != b` as bool, broadcast. See {@link ElementwiseOperatorsV1.notEqual}. */
export const notEqual: (a: TensorLike, b: TensorLike) => Tensor = binary('notEqual');
/** Returns `a > b` as bool, broadcast. See {@link ElementwiseOperatorsV1.greater}. */
export const greater: (a: TensorLike, b: TensorLike) => Tensor = binary('greater');
/** Returns `a >= b` as bool, broadcast. See {@link ElementwiseOperatorsV1.greaterOrEqual}. */
export const greaterOrEqual: (a: TensorLike, b: TensorLike) => Tensor = binary('greaterOrEqual');
/** Returns `a < b` as bool, broadcast. See {@link ElementwiseOperatorsV1.lesser}. */
export const lesser: (a: TensorLike, b: TensorLike) => Tensor = binary('lesser');
/** Returns `a <= b` as bool, broadcast. See {@link ElementwiseOperatorsV1.lesserOrEqual}. */
export const lesserOrEqual: (a: TensorLike, b: TensorLike) => Tensor = binary('lesserOrEqual');
/** Returns `a && b` of bools, broadcast. See {@link ElementwiseOperatorsV1.logicalAnd}. */
export const logicalAnd: (a: TensorLike, b: TensorLike) => Tensor = binary('logicalAnd');
/** Returns `a || b` of bools, broadcast. See {@link ElementwiseOperatorsV1.logicalOr}. */
export const logicalOr: (a: TensorLike, b: TensorLike) => Tensor = binary('logicalOr');
/** Returns `a != b` of bools, broadcast. See {@link ElementwiseOperatorsV1.logicalXor}. */
export const logicalXor: (a: TensorLike, b: TensorLike) => Tensor = binary('logicalXor');
/** Returns `!x` of a bool. See {@link ElementwiseOperatorsV1.logicalNot}. */
export const logicalNot: (x: TensorLike) => Tensor = unary('logicalNot');
/** Returns whether `x` is NaN, as bool. See {@link ElementwiseOperatorsV1.isNaN}. */
export const isNan: (x: TensorLike) => Tensor = unary('isNaN');

/** Returns `|x|`. See {@link ElementwiseOperatorsV1.abs}. */
export const abs: (x: TensorLike) => Tensor = unary('abs');
/** Returns `-x`. See {@link ElementwiseOperatorsV1.neg}. */
export const neg: (x: TensorLike) => Tensor = unary('neg');
/** Returns the sign of `x`: -1, 0 or 1. See {@link ElementwiseOperatorsV1.sign}. */
export const sign: (x: TensorLike) => Tensor = unary('sign');
/** Returns `1 / x`. See {@link ElementwiseOperatorsV1.reciprocal}. */
export const reciprocal: (x: TensorLike) => Tensor = unary('reciprocal');
/** Returns the square root. See {@link ElementwiseOperatorsV1.sqrt}. */
export const sqrt: (x: TensorLike) => Tensor = unary('sqrt');
/** Returns `e^x`. See {@link ElementwiseOperatorsV1.exp}. */
export const exp: (x: TensorLike) => Tensor = unary('exp');
/** Returns the natural logarithm. See {@link ElementwiseOperatorsV1.log}. */
export const log: (x: TensorLike) => Tensor = unary('log');
/** Returns the sine. See {@link ElementwiseOperatorsV1.sin}. */
export const sin: (x: TensorLike) => Tensor = unary('sin');
/** Returns the cosine. See {@link ElementwiseOperatorsV1.cos}. */
export const cos: (x: TensorLike) => Tensor = unary('cos');
/** Returns the hyperbolic tangent, in (-1, 1). See {@link ElementwiseOperatorsV1.tanh}. */
export const tanh: (x: TensorLike) => Tensor = unary('tanh');
/** Returns the Gauss error function. See {@link ElementwiseOperatorsV1.erf}. */
export const erf: (x: TensorLike) => Tensor = unary('erf');
/** Returns the logistic function, in (0, 1). See {@link ElementwiseOperatorsV1.sigmoid}. */
export const sigmoid: (x: TensorLike) => Tensor = unary('sigmoid');
/** Returns `max(x, 0)`. See {@link ElementwiseOperatorsV1.relu}. */
export const relu: (x: TensorLike) => Tensor = unary('relu');
/** Returns the largest integer not above `x`. See {@link ElementwiseOperatorsV1.floor}. */
export const floor: (x: TensorLike) => Tensor = unary('floor');
/** Returns the smallest integer not below `x`. See {@link ElementwiseOperatorsV1.ceil}. */
export const ceil: (x: TensorLike) => Tensor = unary('ceil');
/** Returns the nearest integer, ties to even. See {@link ElementwiseOperatorsV1.roundEven}. */
export const roundEven: (x: TensorLike) => Tensor = unary('roundEven');

/** Returns `x · x`. */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}

/** Returns `x` limited to `[minimum, maximum]`; NaN stays NaN. The gradient is 0 outside. */
export function clamp(x: TensorLike, minimum: number, maximum: number): Tensor {
  return min(max(x, minimum), maximum);
}

/**
 * Returns `condition ? a : b`, broadcast. See {@link ElementwiseOperatorsV1.where}.
 *
 * @param condition - bool.
 */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  const branches = [a, b].filter((value) => typeof value !== 'number');
  const dtype = branches[0]?.dtype ?? 'float32';
  const builder = builderOf('where', [condition, ...branches]);
  const asTensor = (value: TensorLike): Tensor =>
    typeof value === 'number' ? scalar(builder, 'where', value, dtype) : value;
  return emit('where', [condition, asTensor(a), asTensor(b)], {});
}

/** Returns `x` converted to another dtype. See {@link ElementwiseOperatorsV1.cast}. */
export function cast(x: TensorLike, to: 'float32' | 'int32' | 'bool'): Tensor {
  const [tensor] = promote('cast', [x]);
  return emit('cast', [tensor], { to });
}
