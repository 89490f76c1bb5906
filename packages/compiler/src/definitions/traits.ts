import type { Dimension, NodeV1, OperatorName, ValueType } from '@etalon/spec';
import { addDimensions, multiplyDimensions } from '../dimension/index.ts';
import { bodiesOf } from '../program/map-bodies.ts';
import { typesOf } from '../program/types-of.ts';
import { definitionOf } from './definition-of.ts';
import { operandCounts } from './operand-counts.ts';

/** Facts about an operator, for tools: suites, summaries, documentation. */
export interface OperatorTraits {
  readonly kind: 'core' | 'composite' | 'random' | 'structural';
  /** `variadic`: one or more; `any`: none or more. */
  readonly operands: number | 'variadic' | 'any';
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

/** Floating-point operations of one application of a node, its body's included; 0 for data movement. */
export function nodeFlops(node: NodeV1, values: readonly ValueType[]): Dimension {
  const [output] = typesOf(node.outputs, values);
  const { flops, repeats } = definitionOf(node.operator);
  const times = repeats?.(node.attributes) ?? 0;
  const inside = bodiesOf(node).flatMap((body) =>
    body.nodes.map((inner) => multiplyDimensions(times, nodeFlops(inner, body.values))),
  );
  const own =
    output === undefined
      ? undefined
      : flops?.(typesOf(node.inputs, values), output, node.attributes);
  return [own ?? 0, ...inside].reduce<Dimension>(addDimensions, 0);
}
