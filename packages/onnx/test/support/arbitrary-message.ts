import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';
import { create, ScalarType } from '@bufbuild/protobuf';
import fc from 'fast-check';

import type { ModelProto } from '../../src/schema/onnx-pb.ts';
import { GraphProtoSchema, ModelProtoSchema } from '../../src/schema/onnx-pb.ts';

const known = new Map<string, fc.Arbitrary<Record<string, unknown>>>();

/** Models with any subset of fields set to anything, a graph always among them. */
export const arbitraryModel: fc.Arbitrary<ModelProto> = fc
  .record({ init: arbitraryInit(ModelProtoSchema, 4), graph: arbitraryInit(GraphProtoSchema, 3) })
  .map(({ init, graph }) => create(ModelProtoSchema, { ...init, graph }));

// Built once per message and depth: the schema refers to itself along many paths.
function arbitraryInit(message: DescMessage, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const key = `${message.typeName} ${depth}`;
  const arbitrary = known.get(key) ?? newArbitraryInit(message, depth);
  known.set(key, arbitrary);
  return arbitrary;
}

function newArbitraryInit(
  message: DescMessage,
  depth: number,
): fc.Arbitrary<Record<string, unknown>> {
  const possible = (field: DescField) => field.message === undefined || depth > 0;
  const parts: Record<string, fc.Arbitrary<unknown>> = {};
  for (const member of message.members) {
    if (member.kind === 'oneof') {
      const cases = member.fields
        .filter(possible)
        .map((field) =>
          arbitraryValue(field, depth).map((value) => ({ case: field.localName, value })),
        );
      if (cases.length > 0) {
        parts[member.localName] = fc.oneof(...cases);
      }
    } else if (possible(member)) {
      const value = arbitraryValue(member, depth);
      const maxLength = member.message === undefined ? 6 : 2;
      parts[member.localName] =
        member.fieldKind === 'list' ? fc.array(value, { maxLength }) : value;
    }
  }
  return fc.record(parts, { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>;
}

function arbitraryValue(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const { message } = field;
  if (message !== undefined) {
    return arbitraryInit(message, depth - 1).map((init): Message => create(message, init));
  }
  if (field.enum !== undefined) {
    return fc.constantFrom(...field.enum.values.map(({ number }) => number));
  }
  switch (field.scalar) {
    case ScalarType.STRING:
      return fc.string({ unit: 'binary', maxLength: 50 });
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 20 });
    case ScalarType.FLOAT:
      return fc.float();
    case ScalarType.DOUBLE:
      return fc.double();
    case ScalarType.INT32:
      return fc.integer();
    case ScalarType.INT64:
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case ScalarType.UINT64:
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    default:
      throw new Error(`arbitraryMessage: no generator for ${field.toString()}.`);
  }
}
