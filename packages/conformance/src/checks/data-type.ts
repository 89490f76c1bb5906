import { operatorTraits } from '@etalon/compiler';
import type { DType, NodeV1, ProgramV1 } from '@etalon/spec';

/** Returns the element type of a node's data operand. */
export function dataTypeOf(
  { values }: Pick<ProgramV1, 'values'>,
  { operator, inputs, outputs }: NodeV1,
): DType | undefined {
  const data = inputs[operatorTraits(operator).dataOperand] ?? outputs[0];
  return values[data ?? -1]?.dtype;
}
