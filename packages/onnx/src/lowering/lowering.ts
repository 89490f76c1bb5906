import type {
  NodeOf,
  OperatorName,
  OperatorsV1,
  StructuralOperatorsV1,
  ValueType,
} from '@etalon/spec';
import { InternalError } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import type { ImageLayout, LoweredValue } from './lowered-value.ts';
import type { RuntimeSizes } from './runtime-sizes.ts';

/** Everything that the lowering of one node may read and write. */
export interface LoweringContext<K extends OperatorName> {
  readonly node: NodeOf<K>;
  readonly attributes: OperatorsV1[K];
  readonly inputs: readonly LoweredValue[];
  readonly output: ValueType;
  readonly emitter: GraphEmitter;
  readonly sizes: RuntimeSizes;
  /** Bias that this convolution adds, so that the node that added it has nothing left to do. */
  readonly bias: LoweredValue | undefined;
  /** Whether another node wants the places of the maxima as this `MaxPool` finds them. */
  readonly needsMaxima: boolean;
  /** Result of the max pooling whose places of maxima this node wants, where an earlier node has it. */
  readonly pooled: LoweredValue | undefined;
}

/** Tensor that a lowering ended with. */
export interface LoweredTensor {
  readonly tensor: string;
  readonly layout: ImageLayout;
}

/** Adds the ONNX nodes of one node of a program. A value that it returns is one of the inputs, unchanged. */
export type Lowering<K extends OperatorName> = (
  context: LoweringContext<K>,
) => LoweredTensor | LoweredValue;

/** How each operator becomes ONNX. An operator without a row does not compile. */
export type LoweringTable = { readonly [K in LoweredOperator]: Lowering<K> };

/** Operators that become ONNX nodes of their own. */
export type LoweredOperator = Exclude<OperatorName, keyof StructuralOperatorsV1>;

/** Rows of one family of operators. */
export type LoweringsOf<K extends LoweredOperator> = Pick<LoweringTable, K>;

/** Returns operand `index`; the verifier made sure that it exists. */
export function operand(
  context: { readonly inputs: readonly LoweredValue[] },
  index: number,
): LoweredValue {
  const value = context.inputs[index];
  if (value !== undefined) return value;
  throw new InternalError(
    'INTERNAL_OPERAND',
    `encodeOnnx: a node lacks operand ${index}, got ${context.inputs.length} operands. This is a bug in @etalon/compiler.`,
  );
}

/** Marks a tensor whose axes are in the program's order. */
export function rowMajor(tensor: string): LoweredTensor {
  return { tensor, layout: 'rowMajor' };
}

/** Marks a rank 4 tensor whose last axis was moved to the second place. */
export function channelsFirst(tensor: string): LoweredTensor {
  return { tensor, layout: 'channelsFirst' };
}
