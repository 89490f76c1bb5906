/**
 * The contract between programs, compilers and backends: types, plain data and error classes. Imports
 * nothing.
 *
 * Versioning: contract types carry their version in the name and in a literal field. Adding an operator, or
 * an attribute with a default, keeps the version; changing a meaning makes a new one. Programs of an old
 * version stay readable; an unknown operator is refused by name.
 *
 * @packageDocumentation
 */
export type {
  AbortSignalLike,
  BackendV1,
  CompileOptions,
  ExecutableV1,
  NodePlacement,
  RunInputs,
  RunOptions,
  RunOutputs,
} from './backend.ts';
export type {
  Dimension,
  DimensionBindings,
  DimensionFactor,
  DimensionQuotient,
  DimensionSum,
  DimensionTerm,
  Shape,
} from './dimension.ts';
export type { DType, TypedArrayOf } from './dtype.ts';
export type { ErrorDetails, EtalonErrorOptions } from './errors.ts';
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
} from './errors.ts';
export type {
  AttributeLimit,
  BackendManifestV1,
  OperatorSupportOf,
  PrecisionClass,
  SupportedOperators,
} from './manifest.ts';
export type { CompositeOperatorsV1 } from './operators/composite.ts';
export type {
  ConvolutionAttributes,
  ConvolutionOperatorsV1,
  Pair,
  PairOfPads,
  PoolingAttributes,
} from './operators/convolution.ts';
export type { ElementwiseOperatorsV1, NoAttributes } from './operators/elementwise.ts';
export type { OperatorName, OperatorsV1 } from './operators/index.ts';
export type { IndexingOperatorsV1 } from './operators/indexing.ts';
export type { LinearAlgebraOperatorsV1 } from './operators/linear-algebra.ts';
export type { MovementOperatorsV1 } from './operators/movement.ts';
export type { RandomAttributes, RandomOperatorsV1 } from './operators/random.ts';
export type {
  ArgumentAttributes,
  ReductionAttributes,
  ReductionOperatorsV1,
} from './operators/reduction.ts';
export type { ScanAttributes, StructuralOperatorsV1 } from './operators/structural.ts';
export type {
  NodeOf,
  NodeV1,
  ProgramConstant,
  ProgramInput,
  ProgramOutput,
  ProgramV1,
  ValueId,
  ValueType,
} from './program.ts';
export type { DeviceTensorV1, HostTensor, HostTensorOf } from './tensor.ts';
