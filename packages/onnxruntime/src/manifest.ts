import type {
  BackendManifestV1,
  DType,
  OperatorName,
  OperatorSupportOf,
  RandomOperatorsV1,
  SupportedOperators,
} from '@etalon/spec';

/** Providers of ONNX Runtime that the backend can use. */
export type OnnxRuntimeDevice = 'cpu' | 'cuda' | 'webgpu';

/** The devices, in the order that messages list them. */
export const onnxRuntimeDevices: readonly OnnxRuntimeDevice[] = ['cpu', 'cuda', 'webgpu'];

const float: readonly DType[] = ['float32'];
const integer: readonly DType[] = ['int32'];
const bool: readonly DType[] = ['bool'];
const numeric: readonly DType[] = ['float32', 'int32'];
const every: readonly DType[] = ['float32', 'int32', 'bool', 'uint8'];

/** Largest rank that the tests cover. The engine's own limit is higher. */
const maximumRank = 8;

interface Support {
  readonly dtypes: readonly DType[];
  readonly maximumRank: number;
  readonly nonFinite: boolean;
}

function on(dtypes: readonly DType[], rank: number = maximumRank): Support {
  return { dtypes, maximumRank: rank, nonFinite: true };
}

/** All operators except random draws, which become inputs before a backend sees a program. */
export type RunOperator = Exclude<OperatorName, keyof RandomOperatorsV1>;

const operators: { readonly [K in RunOperator]: OperatorSupportOf<K> } = {
  add: on(numeric),
  sub: on(numeric),
  mul: on(numeric),
  div: on(numeric),
  max: on(numeric),
  min: on(numeric),
  pow: on(float),
  equal: on(every),
  notEqual: on(every),
  greater: on(numeric),
  greaterOrEqual: on(numeric),
  lesser: on(numeric),
  lesserOrEqual: on(numeric),
  logicalAnd: on(bool),
  logicalOr: on(bool),
  logicalXor: on(bool),
  logicalNot: on(bool),
  isNaN: on(float),
  where: on(every),
  abs: on(numeric),
  neg: on(numeric),
  sign: on(numeric),
  reciprocal: on(float),
  sqrt: on(float),
  exp: on(float),
  log: on(float),
  sin: on(float),
  cos: on(float),
  tanh: on(float),
  erf: on(float),
  sigmoid: on(float),
  relu: on(numeric),
  floor: on(float),
  ceil: on(float),
  roundEven: on(float),
  cast: on(every),
  reduceSum: on(numeric),
  reduceMean: on(float),
  reduceMax: on(numeric),
  reduceMin: on(numeric),
  argMax: on(numeric),
  argMin: on(numeric),
  matmul: on(float),
  conv2d: on(float, 4),
  conv2dInputGradient: on(float, 4),
  conv2dFilterGradient: on(float, 4),
  averagePool2d: on(float, 4),
  averagePool2dGradient: on(float, 4),
  maxPool2d: on(float, 4),
  maxPool2dGradient: on(float, 4),
  maxPool2dSelect: on(float, 4),
  identity: on(every),
  reshape: on(every),
  transpose: on(every),
  expand: on(every),
  concat: on(every),
  slice: on(every),
  pad: on(every),
  gather: on(every),
  scatterAdd: on(float),
  dimensionSize: on(integer),
  softmax: on(float),
  logSoftmax: on(float),
  softplus: on(float),
  gelu: on(float),
  elu: on(float),
  leakyRelu: on(float),
  step: on(float),
  oneHot: on(integer),
  stopGradient: on(every),
  straightThrough: on(float),
};

/** Returns what the backend declares on a device of a machine with some number of cores. */
export function onnxRuntimeManifest(device: OnnxRuntimeDevice, cores: number): BackendManifestV1 {
  const supported: SupportedOperators = operators;
  const onCpu = device === 'cpu';
  return {
    operators: supported,
    precision: onCpu ? 'cpu' : 'gpu',
    subnormals: onCpu ? 'kept' : 'flushed',
    imageLayout: 'nchw',
    loopPolicy: onCpu ? 'inside' : 'stepwise',
    threads: Array.from({ length: cores }, (_, index) => index + 1),
    deterministic: onCpu,
  };
}
