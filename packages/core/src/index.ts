/**
 * Define a network once, train it and run it on any backend: layers, losses, metrics, optimizers, models, training
 * and checkpoints. Knows no engine.
 *
 * @packageDocumentation
 */
export type {
  ArgumentOptions,
  AxisOptions,
  Conv2dOptions,
  MapTree,
  NestedNumbers,
  Padding,
  PadOptions,
  Pool2dOptions,
  PreparedProgram,
  PreparedRunOptions,
  RandomKey,
  RandomOptions,
  ReductionOptions,
  ScanOptions,
  ScanResult,
  SizePair,
  SliceOptions,
  Tensor,
  TensorLike,
  TensorsOf,
  TensorType,
  Tree,
  ValueAndGradient,
  ValueWithAuxiliary,
} from '@etalon/compiler';
export {
  abs,
  add,
  argMax,
  argMin,
  cast,
  ceil,
  clamp,
  concat,
  constant,
  cos,
  dimensionSize,
  div,
  einsum,
  elu,
  equal,
  erf,
  exp,
  expand,
  filled,
  floor,
  foldIn,
  foldInString,
  gather,
  gelu,
  gradient,
  greater,
  greaterOrEqual,
  isNan,
  leakyRelu,
  lesser,
  lesserOrEqual,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logSoftmax,
  matmul,
  max,
  min,
  mul,
  nameScope,
  neg,
  notEqual,
  oneHot,
  pad,
  permutation,
  pow,
  prepare,
  printProgram,
  randomBernoulli,
  randomKey,
  randomNormal,
  randomUniform,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  relu,
  reshape,
  roundEven,
  scan,
  scatterAdd,
  sigmoid,
  sign,
  sin,
  slice,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  step,
  stopGradient,
  straightThrough,
  sub,
  tanh,
  tensor,
  traceProgram,
  transpose,
  valueAndGradient,
  valueAndGradientWithAuxiliary,
  where,
} from '@etalon/compiler';
export type {
  AbortSignalLike,
  BackendManifestV1,
  BackendV1,
  DeviceTensorV1,
  Dimension,
  DType,
  ExecutableV1,
  HostTensor,
  HostTensorOf,
  NodePlacement,
  OperatorName,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
  Shape,
  ValueType,
} from '@etalon/spec';
export {
  AttributeError,
  BackendError,
  DataError,
  DisposedError,
  DTypeError,
  EtalonError,
  GradientError,
  InternalError,
  ProgramError,
  SerializationError,
  ShapeError,
  SpecificationVersionError,
  TrainingError,
  UnsupportedOperatorError,
} from '@etalon/spec';
export type {
  GenerateOptions,
  TokenGenerator,
  TokenGeneratorOptions,
} from './generation/token-generator.ts';
export { createTokenGenerator } from './generation/token-generator.ts';
export type { SamplingOptions, TokenSampler } from './generation/token-sampler.ts';
export { createTokenSampler } from './generation/token-sampler.ts';
export type { Initializer } from './initializers/initializer.ts';
export type { UniformInitializerOptions } from './initializers/initializers.ts';
export {
  constantValue,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  truncatedNormal,
  uniform,
  zeros,
} from './initializers/initializers.ts';
export type { NormalInitializerOptions } from './initializers/options.ts';
export type { OrthogonalOptions } from './initializers/orthogonal.ts';
export { orthogonal } from './initializers/orthogonal.ts';
export type { Activation, ActivationName } from './layers/activation.ts';
export { activation } from './layers/activation.ts';
export type {
  AttentionInputs,
  MultiHeadAttentionOptions,
} from './layers/attention/multi-head-attention.ts';
export { multiHeadAttention } from './layers/attention/multi-head-attention.ts';
export type { PositionEmbeddingOptions } from './layers/attention/position-embedding.ts';
export { positionEmbedding } from './layers/attention/position-embedding.ts';
export type { RotaryOptions } from './layers/attention/rotary.ts';
export { rotaryEmbedding } from './layers/attention/rotary.ts';
export { sinusoidalPositions } from './layers/attention/sinusoidal-positions.ts';
export type {
  DecoderBlockInputs,
  DecoderBlockOptions,
  EncoderBlockInputs,
} from './layers/attention/transformer-blocks.ts';
export {
  transformerDecoderBlock,
  transformerEncoderBlock,
} from './layers/attention/transformer-blocks.ts';
export type { TransformerBlockOptions } from './layers/attention/transformer-part.ts';
export type { BatchNormalizationOptions } from './layers/batch-normalization.ts';
export { batchNormalization } from './layers/batch-normalization.ts';
export type { Conv2dLayerOptions } from './layers/conv2d.ts';
export { conv2d } from './layers/conv2d.ts';
export type { Conv2dTransposeLayerOptions } from './layers/conv2d-transpose.ts';
export { conv2dTranspose } from './layers/conv2d-transpose.ts';
export type { DenseOptions } from './layers/dense.ts';
export { dense } from './layers/dense.ts';
export { dropout } from './layers/dropout.ts';
export type { EmbeddingOptions } from './layers/embedding.ts';
export { embedding } from './layers/embedding.ts';
export { flatten } from './layers/flatten.ts';
export type { GlobalPoolingOptions } from './layers/global-pooling.ts';
export { globalAveragePooling2d, globalMaxPooling2d } from './layers/global-pooling.ts';
export type { Layer, LayerOptions, LayerScope } from './layers/layer.ts';
export { createLayer } from './layers/layer.ts';
export type { LayerNormalizationOptions } from './layers/layer-normalization.ts';
export { layerNormalization } from './layers/layer-normalization.ts';
export type { LeakyReluOptions } from './layers/leaky-relu.ts';
export { leakyReluLayer } from './layers/leaky-relu.ts';
export type { NormalizationOptions } from './layers/normalize.ts';
export type { PoolingLayerOptions } from './layers/pooling.ts';
export { averagePool2d, maxPool2d } from './layers/pooling.ts';
export type {
  BidirectionalOptions,
  DirectedInputs,
  MergeMode,
} from './layers/recurrent/bidirectional.ts';
export { bidirectional } from './layers/recurrent/bidirectional.ts';
export type { RecurrentState } from './layers/recurrent/cell.ts';
export { gru } from './layers/recurrent/gru.ts';
export type { LstmState } from './layers/recurrent/lstm.ts';
export { lstm } from './layers/recurrent/lstm.ts';
export type {
  GatedOptions,
  GruOptions,
  LstmOptions,
  RecurrentOptions,
} from './layers/recurrent/options.ts';
export type { RecurrentInputs, RecurrentResult } from './layers/recurrent/recurrent-layer.ts';
export type { HiddenState } from './layers/recurrent/simple-rnn.ts';
export { simpleRnn } from './layers/recurrent/simple-rnn.ts';
export { timeDistributed } from './layers/recurrent/time-distributed.ts';
export { reshapeTo } from './layers/reshape-to.ts';
export type { TensorFunction } from './layers/sequential.ts';
export { sequential } from './layers/sequential.ts';
export type { UpSamplingOptions } from './layers/up-sampling.ts';
export { upSampling2d } from './layers/up-sampling.ts';
export { zeroPadding2d } from './layers/zero-padding.ts';
export { binaryCrossEntropy } from './losses/binary-cross-entropy.ts';
export { categoricalCrossEntropy, sparseCategoricalCrossEntropy } from './losses/cross-entropy.ts';
export type { CrossEntropyOptions, LossOptions, LossReduction } from './losses/loss-options.ts';
export type { HuberOptions } from './losses/regression.ts';
export { huber, meanAbsoluteError, meanSquaredError } from './losses/regression.ts';
export type { BinaryAccuracyOptions } from './metrics/accuracy.ts';
export {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
} from './metrics/accuracy.ts';
export type { Metric, MetricOptions, MetricSums } from './metrics/metric.ts';
export { perplexity } from './metrics/perplexity.ts';
export { meanAbsoluteErrorMetric, meanSquaredErrorMetric } from './metrics/regression.ts';
export type { LayerOutput, LayerUse, Mode, VariableDeclaration } from './model/build-context.ts';
export type { ModelDefinition } from './model/define-model.ts';
export { defineModel, stateOf } from './model/define-model.ts';
export type { DefinedProgram, RunnableProgram } from './model/define-program.ts';
export { defineProgram } from './model/define-program.ts';
export type {
  Applied,
  ApplyOptions,
  InputTypes,
  Model,
  NamedTensors,
  StreamingProgram,
} from './model/model.ts';
export type { LayerSummary, ModelSummary } from './model/summary.ts';
export { formatSummary, summarize } from './model/summary.ts';
export type { TransferOptions } from './model/transfer-variables.ts';
export { transferVariables } from './model/transfer-variables.ts';
export type { VariableDeclarations, Variables } from './model/variables.ts';
export type { AdamOptions, AdamWOptions } from './optimizers/adam.ts';
export { adam, adamW } from './optimizers/adam.ts';
export type { Updatable, Updated } from './optimizers/apply-updates.ts';
export { applyUpdates } from './optimizers/apply-updates.ts';
export { clipByGlobalNorm, clipByNorm, clipByValue } from './optimizers/clip-gradients.ts';
export type { OneCycleOptions } from './optimizers/one-cycle.ts';
export { oneCycle } from './optimizers/one-cycle.ts';
export type {
  LearningRate,
  Optimizer,
  OptimizerContext,
  OptimizerUpdate,
} from './optimizers/optimizer.ts';
export type { OptimizerState } from './optimizers/optimizer-state.ts';
export { initializeOptimizer, optimizerState } from './optimizers/optimizer-state.ts';
export type { RmspropOptions } from './optimizers/rmsprop.ts';
export { rmsprop } from './optimizers/rmsprop.ts';
export type {
  CosineDecayOptions,
  ExponentialDecayOptions,
  LinearDecayOptions,
  PiecewiseConstantDecayOptions,
  Schedule,
} from './optimizers/schedules.ts';
export {
  cosineDecay,
  exponentialDecay,
  linearDecay,
  piecewiseConstantDecay,
} from './optimizers/schedules.ts';
export type { SgdOptions } from './optimizers/sgd.ts';
export { sgd } from './optimizers/sgd.ts';
export type { DecodeSafetensorsOptions, Safetensors } from './serialization/safetensors.ts';
export { decodeSafetensors, encodeSafetensors } from './serialization/safetensors.ts';
export { decodeCheckpointVariables } from './training/checkpoint-variables.ts';
export { createTrainer } from './training/create-trainer.ts';
export type {
  ExampleBatch,
  Examples,
  FieldSpec,
  IndexedExamples,
  StreamedExamples,
} from './training/dataset.ts';
export type { EarlyStopping, StoppingOutcome } from './training/early-stopping.ts';
export type { Callbacks, EpochResult, FitProgress, History } from './training/events.ts';
export type { TargetTypes } from './training/one-step.ts';
export type { ProgramLoop } from './training/program-loop.ts';
export type { Logs } from './training/running-means.ts';
export type {
  BatchOptions,
  FitOptions,
  Metrics,
  Trainer,
  TrainerOptions,
} from './training/trainer.ts';
