import type {
  Dimension,
  DType,
  EtalonError,
  OperatorName,
  OperatorsV1,
  ValueType,
} from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { resultTypesOf } from '../src/definitions/definition-of.ts';
import { formatType } from '../src/program/format-type.ts';
import { caught } from './caught.ts';

function typed(dtype: DType): (...shape: Dimension[]) => ValueType {
  return (...shape) => ({ dtype, shape });
}

/** Makes types: `float(2, 'n')` is `float32[2, n]`. */
export const float: (...shape: Dimension[]) => ValueType = typed('float32');
export const int: (...shape: Dimension[]) => ValueType = typed('int32');
export const bool: (...shape: Dimension[]) => ValueType = typed('bool');
export const byte: (...shape: Dimension[]) => ValueType = typed('uint8');

/** Operands and attributes `A` that an operator takes, and the type of the result as text. */
export interface Accepted<A> {
  readonly takes: readonly ValueType[];
  readonly with?: A;
  readonly gives: string;
}

/** Operands and attributes that an operator refuses, and the error. */
export interface Refused<A> {
  readonly takes: readonly ValueType[];
  readonly with?: Malformed<A>;
  readonly error: EtalonError['name'];
  readonly code: string;
  readonly message: string;
}

// Attributes read from JSON need not be what their types say.
type Malformed<A> = { readonly [N in keyof A]?: unknown };

/** Cases of one operator; a family's table has an entry for each of its operators. */
export interface TypeCases<A> {
  readonly accepts: readonly [Accepted<A>, ...Accepted<A>[]];
  readonly refuses: readonly Refused<A>[];
}

/** Cases of all operators of a family: a forgotten one is a compile error. */
export type TypeCasesOf<K extends OperatorName> = {
  readonly [Name in K]: TypeCases<OperatorsV1[Name]>;
};

/** Registers the tests of a family's type rules. */
export function describeTypeRules<K extends OperatorName>(family: TypeCasesOf<K>): void {
  const entries = Object.entries(family) as [OperatorName, TypeCases<object>][];
  describe.each(entries)('type rule of %s', (operator, { accepts, refuses }) => {
    it.each(accepts.map((each) => ({ ...each, text: textOf(each) })))(
      'takes $text and gives $gives',
      ({ takes, gives, ...rest }) => {
        expect(formatType(infer(operator, takes, rest.with ?? {}))).toBe(gives);
      },
    );
    it.each(refuses.map((each) => ({ ...each, text: textOf(each) })))(
      'refuses $text: $code',
      ({ takes, error, code, message, ...rest }) => {
        expect(caught(() => infer(operator, takes, rest.with ?? {}))).toMatchObject({
          name: error,
          code,
          message,
        });
      },
    );
  });
}

function infer(operator: OperatorName, takes: readonly ValueType[], attributes: object): ValueType {
  const [type] = resultTypesOf(operator, takes, attributes as OperatorsV1[OperatorName]);
  if (type === undefined) throw new Error(`${operator} has no result`);
  return type;
}

function textOf(each: { readonly takes: readonly ValueType[]; readonly with?: unknown }): string {
  const operands = each.takes.map(formatType).join(', ') || 'nothing';
  return each.with === undefined ? operands : `${operands} with ${JSON.stringify(each.with)}`;
}
