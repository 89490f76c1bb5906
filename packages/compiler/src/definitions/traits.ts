import type { Dimension, NodeV1, OperatorName, ValueType } from '@etalon/spec';
import { typesOf } from '../program/types-of.ts';
import { definitionOf } from './definition-of.ts';
import { operandCounts } from './operand-counts.ts';

/** Facts about an operator, for tools: suites, summaries, documentation. */
export interface OperatorTraits {
  readonly kind: 'core' | 'composite' | 'random';
  readonly operands: number | 'variadic';
  /** `rule`: a gradient flows; `zero`: none does. */
  readonly gradient: 'rule' | 'zero';
  readonly decomposes: boolean;
  /** Index of the operand that a manifest's `dtypes` speak of. */
  readonly dataOperand: number;
}

/** Returns facts about an operator. */
export function operatorTraits(operator: OperatorName): OperatorTraits {
  const { kind, gradient, decompose, dataOperand = 0 } = definitionOf(operator);
  return {
    kind,
    operands: operandCounts[operator],
    gradient: gradient === 'zero' ? 'zero' : 'rule',
    decomposes: decompose !== undefined,
    dataOperand,
  };
}

/** Names of all operators. */
export const operatorNames: readonly OperatorName[] = Object.keys(
  operandCounts,
) as readonly OperatorName[];

/** Floating-point operations of one application of a node; 0 for data movement. */
export function nodeFlops(node: NodeV1, values: readonly ValueType[]): Dimension {
  const output = values[node.outputs[0] ?? -1];
  if (output === undefined) return 0;
  return (
    definitionOf(node.operator).flops?.(typesOf(node.inputs, values), output, node.attributes) ?? 0
  );
}
