/** How many operands each operator takes. */
export const operandCounts = {
  add: 2,
  sub: 2,
  mul: 2,
  div: 2,
  max: 2,
  min: 2,
  pow: 2,
  equal: 2,
  notEqual: 2,
  greater: 2,
  greaterOrEqual: 2,
  lesser: 2,
  lesserOrEqual: 2,
  logicalAnd: 2,
  logicalOr: 2,
  logicalXor: 2,
  logicalNot: 1,
  isNaN: 1,
  where: 3,
  abs: 1,
  neg: 1,
  sign: 1,
  reciprocal: 1,
  sqrt: 1,
  exp: 1,
  log: 1,
  sin: 1,
  cos: 1,
  tanh: 1,
  erf: 1,
  sigmoid: 1,
  relu: 1,
  floor: 1,
  ceil: 1,
  roundEven: 1,
  cast: 1,
  reduceSum: 1,
  reduceMean: 1,
  reduceMax: 1,
  reduceMin: 1,
  argMax: 1,
  argMin: 1,
  matmul: 2,
  conv2d: 2,
  conv2dInputGradient: 2,
  conv2dFilterGradient: 2,
  averagePool2d: 1,
  averagePool2dGradient: 1,
  maxPool2d: 1,
  maxPool2dGradient: 2,
  maxPool2dSelect: 2,
  identity: 1,
  reshape: 1,
  transpose: 1,
  expand: 1,
  concat: 'variadic',
  slice: 1,
  pad: 1,
  gather: 2,
  scatterAdd: 2,
  dimensionSize: 0,
  randomUniform: 0,
  randomNormal: 0,
  randomBernoulli: 0,
  softmax: 1,
  logSoftmax: 1,
  softplus: 1,
  gelu: 1,
  elu: 1,
  leakyRelu: 1,
  step: 1,
  oneHot: 1,
  stopGradient: 1,
  straightThrough: 2,
  scan: 'any',
} as const;

/** Number of operands; `variadic` is one or more. */
export type OperandCount = 0 | 1 | 2 | 3 | 'variadic' | 'any';

interface OperandLists<T> {
  readonly 0: readonly [];
  readonly 1: readonly [T];
  readonly 2: readonly [T, T];
  readonly 3: readonly [T, T, T];
  readonly variadic: readonly [T, ...T[]];
  readonly any: readonly T[];
}

/** A list with something for each operand. */
export type OperandList<N extends OperandCount, T> = OperandLists<T>[N];

/** A list with something for each operand of an operator. */
export type OperandsOf<K extends keyof typeof operandCounts, T> = OperandList<
  (typeof operandCounts)[K],
  T
>;
