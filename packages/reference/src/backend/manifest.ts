import type { BackendManifestV1, DType, OperatorName, RandomOperatorsV1 } from '@etalon/spec';

/** All operators but random draws, which are inputs before a backend sees them. */
type RunOperator = Exclude<OperatorName, keyof RandomOperatorsV1>;

const real: readonly DType[] = ['float32'];
const integer: readonly DType[] = ['int32'];
const numeric: readonly DType[] = ['float32', 'int32'];
const logical: readonly DType[] = ['bool'];
const any: readonly DType[] = ['float32', 'int32', 'bool', 'uint8'];

/** Element types of each operator's data operand, as the specification allows them. */
const dtypes: { readonly [K in RunOperator]: readonly DType[] } = {
  add: numeric,
  sub: numeric,
  mul: numeric,
  div: numeric,
  max: numeric,
  min: numeric,
  pow: real,
  equal: any,
  notEqual: any,
  greater: numeric,
  greaterOrEqual: numeric,
  lesser: numeric,
  lesserOrEqual: numeric,
  logicalAnd: logical,
  logicalOr: logical,
  logicalXor: logical,
  logicalNot: logical,
  isNaN: real,
  where: any,
  abs: numeric,
  neg: numeric,
  sign: numeric,
  reciprocal: real,
  sqrt: real,
  exp: real,
  log: real,
  sin: real,
  cos: real,
  tanh: real,
  erf: real,
  sigmoid: real,
  relu: numeric,
  floor: real,
  ceil: real,
  roundEven: real,
  cast: any,
  reduceSum: numeric,
  reduceMean: real,
  reduceMax: numeric,
  reduceMin: numeric,
  argMax: numeric,
  argMin: numeric,
  matmul: real,
  conv2d: real,
  conv2dInputGradient: real,
  conv2dFilterGradient: real,
  averagePool2d: real,
  averagePool2dGradient: real,
  maxPool2d: real,
  maxPool2dGradient: real,
  maxPool2dSelect: real,
  identity: any,
  reshape: any,
  transpose: any,
  expand: any,
  concat: any,
  slice: any,
  pad: any,
  gather: any,
  scatterAdd: real,
  dimensionSize: integer,
  softmax: real,
  logSoftmax: real,
  softplus: real,
  gelu: real,
  elu: real,
  leakyRelu: real,
  step: real,
  oneHot: integer,
  stopGradient: any,
  straightThrough: real,
  scan: any,
};

/** Largest rank that the loops are tested with; they have no limit of their own. */
const MAXIMUM_RANK = 8;

/** What the reference can do: every operator but random draws, on every element type, NaN and infinity included. */
export const referenceManifest: BackendManifestV1 = {
  operators: Object.fromEntries(
    Object.entries(dtypes).map(([operator, allowed]) => [
      operator,
      { dtypes: allowed, maximumRank: MAXIMUM_RANK, nonFinite: true },
    ]),
  ),
  precision: 'exact',
  subnormals: 'kept',
  imageLayout: 'nhwc',
  loopPolicy: 'stepwise',
  deviceInputs: 'resident',
  threads: [1],
  deterministic: true,
};
