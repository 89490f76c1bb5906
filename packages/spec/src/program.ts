import type { Shape } from './dimension.ts';
import type { DType } from './dtype.ts';
import type { OperatorName, OperatorsV1 } from './operators/index.ts';
import type { HostTensor } from './tensor.ts';

/** Index into {@link ProgramV1.values}. */
export type ValueId = number;

/** Element type and shape of one value. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Value that the caller of a program supplies. */
export interface ProgramInput {
  /** Unique among the inputs; `/` separates the parts of a tree path (`parameters/dense_1/kernel`). */
  readonly name: string;
  readonly value: ValueId;
}

/** Value fixed when the program was made. */
export interface ProgramConstant {
  readonly value: ValueId;
  /** Path of the parameter it came from, or of the place that made it. */
  readonly path: string;
  readonly tensor: HostTensor;
}

/** Value that the program returns. One value may be returned under several names. */
export interface ProgramOutput {
  readonly name: string;
  readonly value: ValueId;
}

/** Application of one operator. */
export interface NodeOf<K extends OperatorName> {
  readonly operator: K;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly attributes: OperatorsV1[K];
  /** The user's path to the place that made the node: `conv2d_1 › matmul`. */
  readonly path: string;
}

/** Application of some operator; `operator` tells which attributes it carries. */
export type NodeV1 = { readonly [K in OperatorName]: NodeOf<K> }[OperatorName];

/**
 * A computation in static single assignment form: plain data.
 *
 * Invariants, checked by the compiler's verifier: every value is defined exactly once, by an input,
 * a constant or a node; nodes come after the nodes whose values they use; the types in `values`
 * are those that the operators' type rules give; names in shapes occur in some input's shape.
 * Constants hold typed arrays in memory; the compiler's JSON form holds them as base64.
 */
export interface ProgramV1 {
  readonly specificationVersion: 'v1';
  readonly name: string;
  readonly values: readonly ValueType[];
  readonly inputs: readonly ProgramInput[];
  readonly constants: readonly ProgramConstant[];
  readonly nodes: readonly NodeV1[];
  readonly outputs: readonly ProgramOutput[];
}
