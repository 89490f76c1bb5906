import type { ElementwiseOperatorsV1, OperatorName, Shape } from '@etalon/spec';
import { dataTypes } from '../codec/element-types.ts';
import { broadcastChannelsFirst } from './broadcast.ts';
import type { LoweredTensor, Lowering, LoweringContext, LoweringsOf } from './lowering.ts';
import { channelsFirst, operand, rowMajor } from './lowering.ts';

/** Operators without attributes whose operands are tensors. */
type Elementwise = Exclude<keyof ElementwiseOperatorsV1, 'cast'>;

/**
 * Lowers an operator that works element by element, in the layout in which its operands exist: between
 * convolutions nothing goes back to NHWC.
 */
export function elementwise<K extends OperatorName>(
  context: LoweringContext<K>,
  build: (operands: readonly string[]) => string,
): LoweredTensor {
  const { inputs, output } = context;
  if (output.shape.length === 4 && inputs.some((value) => value.isChannelsFirst)) {
    return channelsFirst(build(inputs.map(broadcastChannelsFirst)));
  }
  return rowMajor(build(inputs.map((value) => value.rowMajor())));
}

/** Lowers to one ONNX operator of the same meaning. */
function direct<K extends Elementwise>(opType: string): Lowering<K> {
  return (context) => elementwise(context, (operands) => context.emitter.emit(opType, operands));
}

/** Lowers to the negation of an ONNX operator that yields bool. */
function negated<K extends Elementwise>(opType: string): Lowering<K> {
  return (context) => {
    const { emitter } = context;
    return elementwise(context, (operands) =>
      emitter.emit('Not', [emitter.emit(opType, operands)]),
    );
  };
}

/** Lowerings of the element-wise operators. */
export const elementwiseLowerings: LoweringsOf<keyof ElementwiseOperatorsV1> = {
  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: (context) => {
    if (context.output.dtype !== 'int32' || dividesSafely(context)) return direct('Div')(context);
    return elementwise(context, ([a = '', b = '']) => divideIntegers(context, a, b));
  },
  max: direct('Max'),
  min: direct('Min'),
  pow: (context) => {
    const { emitter, inputs, output } = context;
    const spreads = inputs.map(({ type }) => spreadsAlongRows(type.shape, output.shape));
    if (!spreads.includes(true)) return direct('Pow')(context);
    const row = output.shape.map((size, axis) => (axis === output.shape.length - 1 ? size : 1));
    const operands = inputs.map((value, index) =>
      spreads[index] === true
        ? emitter.emit('Expand', [value.rowMajor(), context.sizes.vector(row)])
        : value.rowMajor(),
    );
    return rowMajor(emitter.emit('Pow', operands));
  },

  equal: direct('Equal'),
  notEqual: negated('Equal'),
  greater: direct('Greater'),
  greaterOrEqual: direct('GreaterOrEqual'),
  lesser: direct('Less'),
  lesserOrEqual: direct('LessOrEqual'),

  logicalAnd: direct('And'),
  logicalOr: direct('Or'),
  logicalXor: direct('Xor'),
  logicalNot: direct('Not'),
  isNaN: direct('IsNaN'),

  where: (context) =>
    elementwise(context, ([condition = '', a = '', b = '']) => {
      const { emitter, output } = context;
      if (output.dtype !== 'bool') return emitter.emit('Where', [condition, a, b]);
      // ONNX Runtime 1.30 has no Where for bool.
      return emitter.emit('Or', [
        emitter.emit('And', [condition, a]),
        emitter.emit('And', [emitter.emit('Not', [condition]), b]),
      ]);
    }),

  abs: direct('Abs'),
  neg: direct('Neg'),
  sign: direct('Sign'),
  reciprocal: direct('Reciprocal'),
  sqrt: direct('Sqrt'),
  exp: direct('Exp'),
  log: direct('Log'),
  sin: direct('Sin'),
  cos: direct('Cos'),
  tanh: direct('Tanh'),
  erf: direct('Erf'),
  sigmoid: direct('Sigmoid'),
  relu: direct('Relu'),
  floor: direct('Floor'),
  ceil: direct('Ceil'),
  roundEven: direct('Round'),

  cast: (context) => {
    const { attributes, emitter } = context;
    const source = operand(context, 0);
    if (source.type.dtype === attributes.to) return source;
    return elementwise(context, ([x = '']) =>
      source.type.dtype === 'float32' && attributes.to === 'int32'
        ? truncate(context, x)
        : emitter.emit('Cast', [x], { to: dataTypes[attributes.to] }),
    );
  },
};

// The WebGPU provider of ONNX Runtime 1.30 refuses Pow where one operand's rows are multiples of 4 long and the other has
// one element for a row; a single element for all is taken.
function spreadsAlongRows(shape: Shape, output: Shape): boolean {
  const isOneElement = shape.every((size) => size === 1);
  return !isOneElement && shape.at(-1) === 1 && output.at(-1) !== 1;
}

function dividesSafely(context: LoweringContext<'div'>): boolean {
  const divisor = operand(context, 1).constant;
  return divisor !== undefined && !divisor.data.includes(0) && !divisor.data.includes(-1);
}

// ONNX Runtime 1.30 fails a run on int32 division by 0, and -2³¹ / -1 ends the process by SIGFPE. For
// those two divisors a·b is the quotient (0 and, modulo 2³², -a).
function divideIntegers({ emitter }: LoweringContext<'div'>, a: string, b: string): string {
  const trap = emitter.emit('Or', [
    emitter.emit('Equal', [b, emitter.int32(0)]),
    emitter.emit('Equal', [b, emitter.int32(-1)]),
  ]);
  const divisor = emitter.emit('Where', [trap, emitter.int32(1), b]);
  const factor = emitter.emit('Where', [trap, b, emitter.int32(1)]);
  return emitter.emit('Mul', [emitter.emit('Div', [a, divisor]), factor]);
}

// What Cast makes of a float32 outside int32, or of NaN, is left to the processor (-2³¹ on x86).
function truncate({ emitter }: LoweringContext<'cast'>, x: string): string {
  // 2³¹ - 128 is the largest float32 below 2³¹.
  const inside = emitter.emit('Clip', [x, emitter.float(-(2 ** 31)), emitter.float(2 ** 31 - 128)]);
  const truncated = emitter.emit('Cast', [inside], { to: dataTypes.int32 });
  const tooLarge = emitter.emit('GreaterOrEqual', [x, emitter.float(2 ** 31)]);
  const saturated = emitter.emit('Where', [tooLarge, emitter.int32(2 ** 31 - 1), truncated]);
  return emitter.emit('Where', [emitter.emit('IsNaN', [x]), emitter.int32(0), saturated]);
}
