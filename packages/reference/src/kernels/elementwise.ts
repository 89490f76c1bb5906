import type { ElementwiseOperatorsV1 } from '@etalon/spec';
import { erf } from '../error-function.ts';
import { broadcastTo } from '../layout.ts';
import type { KernelCall, KernelName, KernelsOf } from './kernel.ts';
import { operandAt } from './kernel.ts';
import { power, roundEven, sigmoid, toInt32 } from './scalar-functions.ts';

type AnyCall = KernelCall<KernelName>;
type Unary = (x: number) => number;
type Binary = (a: number, b: number) => number;

/** Returns the kernel that applies a function to every element; `int32` is used for int32 results. */
export function unary(float: Unary, int32: Unary = float): (call: AnyCall) => Float64Array {
  return ({ inputs, dtype }) => {
    const apply = dtype === 'int32' ? int32 : float;
    const { data } = operandAt(inputs, 0);
    const result = new Float64Array(data.length);
    for (let i = 0; i < data.length; i++) result[i] = apply(data[i] as number);
    return result;
  };
}

/** Returns an operand's elements, broadcast to the shape of the result. */
export function broadcastOperand({ inputs, shape }: AnyCall, index: number): Float64Array {
  const operand = operandAt(inputs, index);
  return broadcastTo(operand.data, operand.shape, shape);
}

function binary(float: Binary, int32: Binary = float): (call: AnyCall) => Float64Array {
  return (call) => {
    const apply = call.dtype === 'int32' ? int32 : float;
    const a = broadcastOperand(call, 0);
    const b = broadcastOperand(call, 1);
    const result = new Float64Array(a.length);
    for (let i = 0; i < a.length; i++) result[i] = apply(a[i] as number, b[i] as number);
    return result;
  };
}

/** Kernels of operators that work element by element. */
export const elementwiseKernels: KernelsOf<keyof ElementwiseOperatorsV1> = {
  // `| 0` wraps int32 modulo 2³²; int32 products can exceed 2⁵³, so they need Math.imul.
  add: binary(
    (a, b) => a + b,
    (a, b) => (a + b) | 0,
  ),
  sub: binary(
    (a, b) => a - b,
    (a, b) => (a - b) | 0,
  ),
  mul: binary((a, b) => a * b, Math.imul),
  div: binary(
    (a, b) => a / b,
    (a, b) => (a / b) | 0,
  ),
  max: binary((a, b) => Math.max(a, b)),
  min: binary((a, b) => Math.min(a, b)),
  pow: binary(power),

  equal: binary((a, b) => Number(a === b)),
  notEqual: binary((a, b) => Number(a !== b)),
  greater: binary((a, b) => Number(a > b)),
  greaterOrEqual: binary((a, b) => Number(a >= b)),
  lesser: binary((a, b) => Number(a < b)),
  lesserOrEqual: binary((a, b) => Number(a <= b)),

  logicalAnd: binary((a, b) => a * b),
  logicalOr: binary((a, b) => Math.max(a, b)),
  logicalXor: binary((a, b) => Number(a !== b)),
  logicalNot: unary((x) => 1 - x),
  isNaN: unary((x) => Number(Number.isNaN(x))),

  where: (call) => {
    const condition = broadcastOperand(call, 0);
    const a = broadcastOperand(call, 1);
    const b = broadcastOperand(call, 2);
    const result = new Float64Array(condition.length);
    for (let i = 0; i < result.length; i++) {
      result[i] = (condition[i] !== 0 ? a[i] : b[i]) as number;
    }
    return result;
  },

  abs: unary(Math.abs, (x) => Math.abs(x) | 0),
  neg: unary(
    (x) => -x,
    (x) => -x | 0,
  ),
  sign: unary(Math.sign),
  reciprocal: unary((x) => 1 / x),
  sqrt: unary(Math.sqrt),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tanh: unary(Math.tanh),
  erf: unary(erf),
  sigmoid: unary(sigmoid),
  relu: unary((x) => Math.max(x, 0)),
  floor: unary(Math.floor),
  ceil: unary(Math.ceil),
  roundEven: unary(roundEven),

  cast: ({ inputs, attributes: { to } }) => {
    const { dtype, data } = operandAt(inputs, 0);
    if (to === 'bool') return data.map((x) => Number(x !== 0));
    return to === 'int32' && dtype === 'float32' ? data.map(toInt32) : data;
  },
};
