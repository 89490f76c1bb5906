import type { BackendManifestV1, DType, OperatorName, RandomOperatorsV1 } from '@etalon/spec';

/** Providers of ONNX Runtime that the backend can use. */
export type OnnxRuntimeDevice = 'cpu' | 'cuda' | 'webgpu' | 'wasm';

/** All devices: those of `@etalon/onnxruntime/node`, then those of `@etalon/onnxruntime/web`. */
export const onnxRuntimeDevices: readonly OnnxRuntimeDevice[] = ['cpu', 'cuda', 'webgpu', 'wasm'];

const float: readonly DType[] = ['float32'];
const integer: readonly DType[] = ['int32'];
const bool: readonly DType[] = ['bool'];
const numeric: readonly DType[] = ['float32', 'int32'];
const every: readonly DType[] = ['float32', 'int32', 'bool', 'uint8'];

/** Largest rank that was tried, on every device but CUDA. The engine's own limit is higher. */
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

const names = Object.keys(operators) as readonly RunOperator[];

/**
 * Operators of the CPU whose results on NaN or infinities differ from the specification: `MaxPool` passes
 * over NaN, and short scatters are products with rows of 0 and 1, where 0 · ∞ is NaN.
 */
const differingOnCpu: Operators = new Set<RunOperator>([
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

const differingOnGpu: Operators = new Set(names.filter((name) => !moving.has(name)));

interface DeviceProfile extends Omit<BackendManifestV1, 'operators' | 'threads' | 'imageLayout'> {
  /** Operators that the device cannot run. */
  readonly missing: Operators;
  /** Operators whose results on NaN or infinities differ from the specification, or are not defined. */
  readonly differing: Operators;
}

const cpu: DeviceProfile = {
  missing: new Set(),
  differing: differingOnCpu,
  precision: 'cpu',
  subnormals: 'kept',
  loopPolicy: 'inside',
  deviceInputs: 'resident',
  deterministic: true,
};

const gpu: DeviceProfile = {
  ...cpu,
  differing: differingOnGpu,
  precision: 'gpu',
  subnormals: 'flushed',
  deterministic: false,
};

const profiles: Readonly<Record<OnnxRuntimeDevice, DeviceProfile>> = {
  cpu,
  // Every output crosses the bus after each call, so steps belong inside the graph.
  cuda: gpu,
  webgpu: {
    ...gpu,
    // WebGPU's `MaxPool` has no indices output ("not supported yet"), which the two start from.
    missing: new Set<RunOperator>(['maxPool2dGradient', 'maxPool2dSelect']),
    // The engine would run the loop itself on the CPU provider.
    loopPolicy: 'stepwise',
  },
  // The CPU provider's kernels, compiled to WebAssembly. Each call copies every input into the heap of the engine and
  // every output out of it.
  wasm: { ...cpu, deviceInputs: 'copied' },
};

/** Returns what the backend declares on a device where up to some number of threads can be asked for. */
export function onnxRuntimeManifest(device: OnnxRuntimeDevice, threads: number): BackendManifestV1 {
  const { missing, differing, ...profile } = profiles[device];
  return {
    operators: Object.fromEntries(
      names
        .filter((name) => !missing.has(name))
        .map((name) => [name, { ...operators[name], nonFinite: !differing.has(name) }]),
    ),
    ...profile,
    imageLayout: 'nchw',
    threads: Array.from({ length: threads }, (_, index) => index + 1),
  };
}
