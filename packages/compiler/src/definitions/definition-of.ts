import type { OperatorName, OperatorsV1, ValueType } from '@etalon/spec';
import type { OperatorRule } from './definition.ts';
import { operatorDefinitions } from './index.ts';
import type { OperandCount } from './operand-counts.ts';

/**
 * The definition of an operator whose operand count and attributes the caller vouches for: nodes carry both in
 * agreement, since they are only made from typed calls or after the verifier's checks.
 */
export function definitionOf<K extends OperatorName>(operator: K): OpenDefinition<OperatorsV1[K]> {
  return operatorDefinitions[operator] as unknown as OpenDefinition<OperatorsV1[K]>;
}

/** An operator rule seen from shared code, which handles operands as a list. */
export type OpenDefinition<A> = {
  readonly [P in keyof OperatorRule<OperandCount, A>]: Opened<OperatorRule<'variadic', A>[P]>;
};

type Opened<T> = T extends (inputs: infer I, ...rest: infer R) => infer O
  ? (inputs: OpenedOperand<I>, ...rest: R) => O
  : T;

type OpenedOperand<I> = I extends readonly (infer T)[]
  ? readonly T[]
  : I extends { readonly inputs: readonly (infer T)[] }
    ? Omit<I, 'inputs'> & { readonly inputs: readonly T[] }
    : I;

/** Types of a node's results, however many there are. */
export function resultTypesOf<K extends OperatorName>(
  operator: K,
  inputs: readonly ValueType[],
  attributes: OperatorsV1[K],
): readonly ValueType[] {
  const types = definitionOf(operator).type(inputs, attributes);
  return isList(types) ? types : [types];
}

function isList(types: ValueType | readonly ValueType[]): types is readonly ValueType[] {
  return Array.isArray(types);
}
