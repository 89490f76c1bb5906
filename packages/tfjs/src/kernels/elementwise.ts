import type { ElementwiseOperatorsV1 } from '@etalon/spec';
import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import { alignOperands, expandTo } from './broadcast.ts';
import type { Kernel, KernelsOf } from './kernel.ts';
import { bool, every, float, MAXIMUM_RANK, numeric, operandAt } from './kernel.ts';
import type { BinaryFunction, UnaryFunction } from './loops.ts';
import { mapElements, mapPairs } from './loops.ts';
import { hasNonFinite } from './non-finite.ts';
import { sizeOf } from './strided.ts';

type Elementwise = keyof ElementwiseOperatorsV1;

// int32 is computed by loops throughout: the engines' kernels multiply as float64 and round the quotient down.
const nativeFloat = (dtype: string) => (dtype === 'float32' ? 'native' : 'loop');

/** Two operands: a kernel for float32, a loop for int32. */
function arithmetic<K extends Elementwise>(name: string, integer: BinaryFunction): Kernel<K> {
  return {
    dtypes: numeric,
    maximumRank: MAXIMUM_RANK,
    kind: nativeFloat,
    run: ({ scope, inputs, dtype, shape }) =>
      dtype === 'int32'
        ? mapPairs(scope, inputs, shape, 'int32', integer)
        : binary(scope, name, inputs, shape),
  };
}

function binary(
  scope: Scope,
  name: string,
  inputs: readonly TfjsTensor[],
  shape: readonly number[],
): TfjsTensor {
  const aligned = alignOperands(scope, inputs, shape);
  const result = scope.run(name, { a: operandAt(aligned, 0), b: operandAt(aligned, 1) });
  return scope.reshape(result, shape);
}

/** `wasm` compares, so that a NaN in the second operand is lost: where there is one, a loop decides. */
function extreme<K extends Elementwise>(name: string, compute: BinaryFunction): Kernel<K> {
  return {
    dtypes: numeric,
    maximumRank: MAXIMUM_RANK,
    kind: nativeFloat,
    run: ({ scope, inputs, dtype, shape }) => {
      const isLoop =
        dtype === 'int32' || (scope.engine === 'wasm' && hasNonFinite(scope, operandAt(inputs, 1)));
      return isLoop
        ? mapPairs(scope, inputs, shape, dtype as 'float32', compute)
        : binary(scope, name, inputs, shape);
    },
  };
}

function comparison<K extends Elementwise>(
  name: string,
  dtypes: Kernel<K>['dtypes'],
  holds: (a: number, b: number) => boolean,
): Kernel<K> {
  return {
    dtypes,
    maximumRank: MAXIMUM_RANK,
    kind: nativeFloat,
    run: ({ scope, inputs, shape }) =>
      operandAt(inputs, 0).dtype === 'float32'
        ? binary(scope, name, inputs, shape)
        : mapPairs(scope, inputs, shape, 'bool', (a, b) => Number(holds(a, b))),
  };
}

function logical<K extends Elementwise>(compute: BinaryFunction): Kernel<K> {
  return {
    dtypes: bool,
    maximumRank: MAXIMUM_RANK,
    kind: () => 'loop',
    run: ({ scope, inputs, shape }) => mapPairs(scope, inputs, shape, 'bool', compute),
  };
}

/** One operand, float32: a kernel. */
function unary<K extends Elementwise>(name: string): Kernel<K> {
  return {
    dtypes: float,
    maximumRank: MAXIMUM_RANK,
    kind: () => 'native',
    run: ({ scope, inputs }) => scope.run(name, { x: operandAt(inputs, 0) }),
  };
}

/** One operand: a kernel for float32, a loop for int32. */
function unaryNumeric<K extends Elementwise>(name: string, integer: UnaryFunction): Kernel<K> {
  return {
    dtypes: numeric,
    maximumRank: MAXIMUM_RANK,
    kind: nativeFloat,
    run: ({ scope, inputs, dtype }) => {
      const x = operandAt(inputs, 0);
      return dtype === 'int32' ? mapElements(scope, x, 'int32', integer) : scope.run(name, { x });
    },
  };
}

/** That of `wasm` is wrong for large angles: 0.57 instead of 0.87 for the sine of 2^127. */
function circular<K extends Elementwise>(name: string, compute: UnaryFunction): Kernel<K> {
  return {
    dtypes: float,
    maximumRank: MAXIMUM_RANK,
    kind: (_, engine) => (engine === 'wasm' ? 'loop' : 'native'),
    run: ({ scope, inputs }) => {
      const x = operandAt(inputs, 0);
      return scope.engine === 'wasm'
        ? mapElements(scope, x, 'float32', compute)
        : scope.run(name, { x });
    },
  };
}

/** C99's power: JavaScript's, which the engine `cpu` has, is NaN in these two cases. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

const INT32_MAXIMUM = 2 ** 31 - 1;
const INT32_MINIMUM = -(2 ** 31);

const casts: Readonly<Record<'float32' | 'int32' | 'bool', UnaryFunction>> = {
  float32: (x) => x,
  // The assignment to an Int32Array truncates; NaN becomes 0.
  int32: (x) => Math.min(Math.max(x, INT32_MINIMUM), INT32_MAXIMUM),
  bool: (x) => Number(x !== 0),
};

/** Rows of the operators that work element by element. */
export const elementwiseKernels: KernelsOf<Elementwise> = {
  add: arithmetic('Add', (a, b) => a + b),
  sub: arithmetic('Sub', (a, b) => a - b),
  mul: arithmetic('Multiply', Math.imul),
  div: arithmetic('RealDiv', (a, b) => a / b),
  max: extreme('Maximum', Math.max),
  min: extreme('Minimum', Math.min),
  pow: {
    dtypes: float,
    maximumRank: MAXIMUM_RANK,
    kind: (_, engine) => (engine === 'cpu' ? 'loop' : 'native'),
    run: ({ scope, inputs, shape }) =>
      scope.engine === 'cpu'
        ? mapPairs(scope, inputs, shape, 'float32', power)
        : binary(scope, 'Pow', inputs, shape),
  },

  equal: comparison('Equal', every, (a, b) => a === b),
  notEqual: comparison('NotEqual', every, (a, b) => a !== b),
  greater: comparison('Greater', numeric, (a, b) => a > b),
  greaterOrEqual: comparison('GreaterEqual', numeric, (a, b) => a >= b),
  lesser: comparison('Less', numeric, (a, b) => a < b),
  lesserOrEqual: comparison('LessEqual', numeric, (a, b) => a <= b),

  logicalAnd: logical((a, b) => a & b),
  logicalOr: logical((a, b) => a | b),
  logicalXor: logical((a, b) => a ^ b),
  logicalNot: {
    dtypes: bool,
    maximumRank: MAXIMUM_RANK,
    kind: () => 'loop',
    run: ({ scope, inputs }) => mapElements(scope, operandAt(inputs, 0), 'bool', (x) => x ^ 1),
  },
  isNaN: unary('IsNan'),

  where: {
    dtypes: every,
    maximumRank: MAXIMUM_RANK,
    kind: (dtype, engine) => (engine === 'wasm' && dtype === 'float32' ? 'native' : 'loop'),
    run: ({ scope, inputs, dtype, shape }) =>
      scope.engine === 'wasm' && dtype === 'float32'
        ? selectByKernel(scope, inputs, shape)
        : selectByLoop(scope, inputs, shape),
  },

  abs: unaryNumeric('Abs', Math.abs),
  neg: unaryNumeric('Neg', (x) => -x),
  sign: {
    dtypes: numeric,
    maximumRank: MAXIMUM_RANK,
    // The kernels say 0 for NaN.
    kind: () => 'loop',
    run: ({ scope, inputs, dtype }) =>
      mapElements(scope, operandAt(inputs, 0), dtype as 'float32', Math.sign),
  },
  reciprocal: unary('Reciprocal'),
  sqrt: unary('Sqrt'),
  exp: unary('Exp'),
  log: unary('Log'),
  sin: circular('Sin', Math.sin),
  cos: circular('Cos', Math.cos),
  tanh: unary('Tanh'),
  erf: unary('Erf'),
  sigmoid: unary('Sigmoid'),
  relu: unaryNumeric('Relu', (x) => Math.max(x, 0)),
  floor: unary('Floor'),
  ceil: unary('Ceil'),
  roundEven: unary('Round'),

  cast: {
    dtypes: every,
    maximumRank: MAXIMUM_RANK,
    // The kernels wrap around where the specification saturates.
    kind: () => 'loop',
    run: ({ scope, inputs, attributes: { to } }) => {
      const x = operandAt(inputs, 0);
      if (x.dtype === to && to !== 'bool') return scope.reshape(x, x.shape);
      if (to !== 'float32') return mapElements(scope, x, to, casts[to]);
      const result = scope.allocate('float32', x.shape);
      scope.view(result).set(scope.view(x));
      return result;
    },
  },
};

/** The kernel of `wasm` knows float32 alone, and does not broadcast. */
function selectByKernel(
  scope: Scope,
  inputs: readonly TfjsTensor[],
  shape: readonly number[],
): TfjsTensor {
  const size = [sizeOf(shape)];
  const whole = (index: number) =>
    scope.reshape(expandTo(scope, operandAt(inputs, index), shape), size);
  const result = scope.run('Select', { condition: whole(0), t: whole(1), e: whole(2) });
  return scope.reshape(result, shape);
}

function selectByLoop(
  scope: Scope,
  inputs: readonly TfjsTensor[],
  shape: readonly number[],
): TfjsTensor {
  const [condition, a, b] = [0, 1, 2].map((index) => {
    const x = operandAt(inputs, index);
    return sizeOf(x.shape) === 1 ? x : expandTo(scope, x, shape);
  }) as [TfjsTensor, TfjsTensor, TfjsTensor];
  const result = scope.allocateLike(a, shape);
  const to = scope.view(result);
  const [chosen, first, second] = [condition, a, b].map((x) => scope.view(x)) as [
    Uint8Array,
    Float32Array,
    Float32Array,
  ];
  const steps = [chosen, first, second].map((data) => (data.length === 1 ? 0 : 1));
  const [step = 0, firstStep = 0, secondStep = 0] = steps;
  for (let i = 0; i < to.length; i += 1) {
    to[i] = (chosen[i * step] === 0 ? second[i * secondStep] : first[i * firstStep]) as number;
  }
  return result;
}
