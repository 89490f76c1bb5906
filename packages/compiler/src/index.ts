/**
 * From functions of tensors to programs that a backend runs: tracing, operator definitions, verification,
 * automatic differentiation, passes, random keys and `prepare`. Knows nothing of layers or engines.
 *
 * @packageDocumentation
 */
export { gradientsOf } from './autodiff/gradients.ts';
export type { ValueAndGradient, ValueWithAuxiliary } from './autodiff/value-and-gradient.ts';
export {
  gradient,
  valueAndGradient,
  valueAndGradientWithAuxiliary,
} from './autodiff/value-and-gradient.ts';
export type { Aliases } from './backend/aliases.ts';
export { resolveAliases } from './backend/aliases.ts';
export { assertSupported } from './backend/assert-supported.ts';
export { didYouMean, listNames } from './backend/closest-name.ts';
export type { DeviceTensorClass, RunInputDeclaration } from './backend/run-inputs.ts';
export { checkRunInputs, declareRunInputs } from './backend/run-inputs.ts';
export type { OperatorTraits } from './definitions/traits.ts';
export { nodeFlops, operatorNames, operatorTraits } from './definitions/traits.ts';
export {
  addDimensions,
  bindInputShapes,
  collectDimensionNames,
  dimensionsEqual,
  divideDimensionsExactly,
  elementCount,
  evaluateDimension,
  evaluateShape,
  floorDivideDimension,
  formatDimension,
  multiplyDimensions,
  shapesEqual,
  substituteDimension,
  subtractDimensions,
} from './dimension/index.ts';
export type { AxisOptions } from './operators/activation.ts';
export {
  elu,
  gelu,
  leakyRelu,
  logSoftmax,
  softmax,
  softplus,
  step,
} from './operators/activation.ts';
export type { Conv2dOptions, Padding, Pool2dOptions, SizePair } from './operators/convolution.ts';
export { averagePool2d, conv2d, maxPool2d } from './operators/convolution.ts';
export { conv2dTranspose } from './operators/convolution-transpose.ts';
export { stopGradient, straightThrough } from './operators/differentiation.ts';
export { einsum } from './operators/einsum.ts';
export {
  abs,
  add,
  cast,
  ceil,
  clamp,
  cos,
  div,
  equal,
  erf,
  exp,
  floor,
  greater,
  greaterOrEqual,
  isNan,
  lesser,
  lesserOrEqual,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  max,
  min,
  mul,
  neg,
  notEqual,
  pow,
  reciprocal,
  relu,
  roundEven,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from './operators/elementwise.ts';
export { emit } from './operators/emit.ts';
export type { NestedNumbers } from './operators/indexing.ts';
export {
  constant,
  dimensionSize,
  elementCountOf,
  filled,
  gather,
  indexRange,
  oneHot,
  scatterAdd,
} from './operators/indexing.ts';
export { matmul } from './operators/linear-algebra.ts';
export type { PadOptions, SliceOptions } from './operators/movement.ts';
export {
  concat,
  expand,
  identity,
  pad,
  reshape,
  slice,
  swapLastAxes,
  transpose,
} from './operators/movement.ts';
export type { RandomOptions } from './operators/random.ts';
export { randomBernoulli, randomNormal, randomUniform } from './operators/random.ts';
export type { ArgumentOptions, ReductionOptions } from './operators/reduction.ts';
export {
  argMax,
  argMin,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
} from './operators/reduction.ts';
export type { ScanOptions, ScanResult } from './operators/scan.ts';
export { scan } from './operators/scan.ts';
export { removeDeadCode } from './passes/dead-code.ts';
export { decompose } from './passes/decompose.ts';
export type {
  DrawLevel,
  HoistedProgram,
  RandomInput,
  RandomNode,
} from './passes/hoist-randomness.ts';
export { hoistRandomness } from './passes/hoist-randomness.ts';
export { simplify } from './passes/simplify.ts';
export { lackOfNode, lackOfSupport } from './passes/support.ts';
export type { DrawOptions } from './prepare/draw-inputs.ts';
export { requireHostData } from './prepare/host-data.ts';
export { prepare } from './prepare/prepare.ts';
export type { PreparedProgram, PreparedRunOptions } from './prepare/prepared-program.ts';
export { formatShape, formatType } from './program/format-type.ts';
export { hashProgram } from './program/hash.ts';
export { programFromJson, programToJson } from './program/json.ts';
export type { MapBody, PlacedNode } from './program/map-bodies.ts';
export { bodiesOf, mapBodies, nodesThroughBodies, throughBodies } from './program/map-bodies.ts';
export { printProgram } from './program/print.ts';
export { verifyProgram } from './program/verify.ts';
export type {
  BernoulliOptions,
  IntegerOptions,
  PermutationOptions,
  RandomKey,
  StreamOptions,
  UniformOptions,
} from './random/index.ts';
export {
  foldIn,
  foldInString,
  permutation,
  randomBernoulli as drawBernoulli,
  randomBits as drawBits,
  randomIntegers as drawIntegers,
  randomKey,
  randomNormal as drawNormal,
  randomTruncatedNormal as drawTruncatedNormal,
  randomUniform as drawUniform,
  split,
} from './random/index.ts';
export { nameScope } from './tracing/name-scope.ts';
export type { Producer, ProgramBuilder, Tensor, TensorLike } from './tracing/tensor.ts';
export { isTensor } from './tracing/tensor.ts';
export type { TensorsOf, TensorType } from './tracing/trace-program.ts';
export { isTensorType, tensor, traceProgram } from './tracing/trace-program.ts';
export type { MapTree, Tree } from './tracing/tree.ts';
export { flattenTree, mapTree } from './tracing/tree.ts';
