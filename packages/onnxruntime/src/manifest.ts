import type { BackendManifestV1, DType, OperatorName, RandomOperatorsV1 } from '@etalon/spec';

/** Providers of ONNX Runtime that the backend can use. */
export type OnnxRuntimeDevice = 'cpu' | 'cuda' | 'webgpu';

/** The devices, in the order that messages list them. */
export const onnxRuntimeDevices: readonly OnnxRuntimeDevice[] = ['cpu', 'cuda', 'webgpu'];

const float: readonly DType[] = ['float32'];
const integer: readonly DType[] = ['int32'];
const bool: readonly DType[] = ['bool'];
const numeric: readonly DType[] = ['float32', 'int32'];
const every: readonly DType[] = ['float32', 'int32', 'bool', 'uint8'];

/** Largest rank that was tried, on the CPU and on WebGPU. The engine's own limit is higher. */
const MAXIMUM_RANK = 8;

/** Images and filters have four axes. */
const IMAGE_RANK = 4;

interface Support {
  readonly dtypes: readonly DType[];
  readonly maximumRank: number;
}

function on(dtypes: readonly DType[], maximumRank: number = MAXIMUM_RANK): Support {
  return { dtypes, maximumRank };
}

/** All operators except random draws, which become inputs before a backend sees a program. */
export type RunOperator = Exclude<OperatorName, keyof RandomOperatorsV1>;

const operators: { readonly [K in RunOperator]: Support } = {
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
  conv2d: on(float, IMAGE_RANK),
  conv2dInputGradient: on(float, IMAGE_RANK),
  conv2dFilterGradient: on(float, IMAGE_RANK),
  averagePool2d: on(float, IMAGE_RANK),
  averagePool2dGradient: on(float, IMAGE_RANK),
  maxPool2d: on(float, IMAGE_RANK),
  maxPool2dGradient: on(float, IMAGE_RANK),
  maxPool2dSelect: on(float, IMAGE_RANK),
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
  scan: on(every),
};

type Operators = ReadonlySet<RunOperator>;

/**
 * Operators that a device cannot run. WebGPU's `MaxPool` has no indices output ("not supported yet"), which
 * the two start from.
 */
const missing: Readonly<Record<OnnxRuntimeDevice, Operators>> = {
  cpu: new Set(),
  cuda: new Set(),
  webgpu: new Set<RunOperator>(['maxPool2dGradient', 'maxPool2dSelect']),
};

/**
 * Operators of the CPU whose results on NaN or infinities differ from the specification: `MaxPool` passes
 * over NaN, and short scatters are products with rows of 0 and 1, where 0 · ∞ is NaN.
 */
const differing: Operators = new Set<RunOperator>([
  'maxPool2d',
  'maxPool2dGradient',
  'maxPool2dSelect',
  'scatterAdd',
]);

/**
 * Operators that only move or select elements, or have no float operand. On a GPU nothing else is declared
 * for NaN and infinities: WGSL lets an implementation assume that there are none (section "Floating Point
 * Evaluation"; SwiftShader's `relu`, `exp`, `log`, `sigmoid`, `softmax` and `pow` differ), and CUDA was not
 * measured.
 */
const moving: Operators = new Set<RunOperator>([
  'identity',
  'reshape',
  'transpose',
  'expand',
  'concat',
  'slice',
  'pad',
  'gather',
  'where',
  'stopGradient',
  'straightThrough',
  'logicalAnd',
  'logicalOr',
  'logicalXor',
  'logicalNot',
  'dimensionSize',
  'oneHot',
  'scan',
]);

/** Returns what the backend declares on a device of a machine with some number of cores. */
export function onnxRuntimeManifest(device: OnnxRuntimeDevice, cores: number): BackendManifestV1 {
  const onCpu = device === 'cpu';
  const names = (Object.keys(operators) as readonly RunOperator[]).filter(
    (name) => !missing[device].has(name),
  );
  const nonFinite = (name: RunOperator) => (onCpu ? !differing.has(name) : moving.has(name));
  return {
    operators: Object.fromEntries(
      names.map((name) => [name, { ...operators[name], nonFinite: nonFinite(name) }]),
    ),
    precision: onCpu ? 'cpu' : 'gpu',
    subnormals: onCpu ? 'kept' : 'flushed',
    imageLayout: 'nchw',
    // With CUDA every output crosses the bus after each call, so steps belong inside the graph; with WebGPU the engine
    // would run the loop itself on the CPU provider.
    loopPolicy: device === 'webgpu' ? 'stepwise' : 'inside',
    deviceInputs: 'resident',
    threads: Array.from({ length: cores }, (_, index) => index + 1),
    deterministic: onCpu,
  };
}
