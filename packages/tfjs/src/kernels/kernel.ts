import type {
  Dimension,
  DType,
  OperatorName,
  OperatorsV1,
  RandomOperatorsV1,
  StructuralOperatorsV1,
} from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { TfjsEngineName } from '../engines/engine.ts';
import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';

/**
 * Operators that have a row: all but random draws, which are inputs before a backend sees them, and loops, which are
 * run through.
 */
export type RunOperator = Exclude<
  OperatorName,
  keyof RandomOperatorsV1 | keyof StructuralOperatorsV1
>;

/** What a row sees of the node it computes. */
export interface KernelCall<K extends RunOperator> {
  readonly scope: Scope;
  readonly inputs: readonly TfjsTensor[];
  readonly attributes: OperatorsV1[K];
  /** Element type of the result. */
  readonly dtype: DType;
  /** Concrete shape of the result. */
  readonly shape: readonly number[];
  /** Size of a dimension in this run. */
  readonly sizeOf: (dimension: Dimension) => number;
}

/**
 * How an operator is run: by kernels of the engine, by a loop of this package over the engine's arrays, or by
 * kernels of other operators.
 */
export type KernelKind = 'native' | 'decomposed' | 'loop';

/** How one operator is run. */
export interface Kernel<K extends RunOperator> {
  readonly dtypes: readonly DType[];
  readonly maximumRank: number;
  /** By the element type of the data operand and the engine, where they make a difference. */
  readonly kind: (dtype: DType, engine: TfjsEngineName) => KernelKind;
  /** Computes the result, a tensor that the scope made. Never writes to an operand. */
  readonly run: (call: KernelCall<K>) => TfjsTensor;
}

/** The parts of a row that a family shares. */
export type KernelTraits = Pick<Kernel<RunOperator>, 'dtypes' | 'maximumRank' | 'kind'>;

/** Part of the table of kernels: those of one family of operators. */
export type KernelsOf<K extends RunOperator> = { readonly [Name in K]: Kernel<Name> };

/** Largest rank that the rows are tested with; axes are joined before an engine sees them. */
export const MAXIMUM_RANK = 8;

export const float: readonly DType[] = ['float32'];
export const numeric: readonly DType[] = ['float32', 'int32'];
export const bool: readonly DType[] = ['bool'];
export const every: readonly DType[] = ['float32', 'int32', 'bool', 'uint8'];

/** Returns an operand of a node. */
export function operandAt(inputs: readonly TfjsTensor[], index: number): TfjsTensor {
  const operand = inputs[index];
  if (operand !== undefined) return operand;
  throw new InternalError(
    'INTERNAL_OPERAND',
    `tfjs: operand ${index} is missing, got ${inputs.length} operands. This is a bug in @etalon/tfjs or in the program's verifier.`,
  );
}
