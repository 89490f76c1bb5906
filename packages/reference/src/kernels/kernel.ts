import type {
  DimensionBindings,
  DType,
  OperatorName,
  OperatorsV1,
  RandomOperatorsV1,
  StructuralOperatorsV1,
} from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { ReferenceTensor } from '../tensor.ts';

/**
 * Operators that have a kernel: all but random draws, which are inputs before a backend sees them, and loops, which
 * are walked.
 */
export type KernelName = Exclude<
  OperatorName,
  keyof RandomOperatorsV1 | keyof StructuralOperatorsV1
>;

/** What a kernel sees of the node it computes. */
export interface KernelCall<K extends KernelName> {
  readonly inputs: readonly ReferenceTensor[];
  readonly attributes: OperatorsV1[K];
  /** Element type of the result. */
  readonly dtype: DType;
  /** Concrete shape of the result. */
  readonly shape: readonly number[];
  readonly bindings: DimensionBindings;
  /** Program and node, for error messages. */
  readonly where: string;
}

/** Computes the elements of a node's result in row-major order. Never writes to its operands. */
export type Kernel<K extends KernelName> = (call: KernelCall<K>) => Float64Array;

/** Part of the table of kernels: those of one family of operators. */
export type KernelsOf<K extends KernelName> = { readonly [Name in K]: Kernel<Name> };

/** Returns an operand of a node. */
export function operandAt(inputs: readonly ReferenceTensor[], index: number): ReferenceTensor {
  const operand = inputs[index];
  if (operand !== undefined) return operand;
  throw new InternalError(
    'INTERNAL_OPERAND',
    `kernel: operand ${index} is missing, got ${inputs.length} operands. This is a bug in @etalon/reference or in the program's verifier.`,
  );
}
