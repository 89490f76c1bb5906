import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { getTextEncoding, WireType } from '@bufbuild/protobuf/wire';
import { InternalError, SerializationError } from '@etalon/spec';

import type { ReverseWriter } from './reverse-writer.ts';
import { scalarOf, wireTypeOf } from './wire-types.ts';

/** A message of any type, as its fields by name. */
export type MessageFields = Readonly<Record<string, unknown>>;

/** Extreme float32: a larger finite number would be written as infinity. */
const FLOAT32_MAX = 3.4028234663852886e38;

/**
 * Writes a message backwards: fields in descending order of number, so that the bytes hold them in
 * ascending order, as protobuf's official writers do. Unknown fields kept from reading come last.
 *
 * @throws {SerializationError} `ONNX_VALUE` for a value outside its field's type.
 */
export function writeMessage(
  writer: ReverseWriter,
  message: DescMessage,
  fields: MessageFields,
): void {
  writeUnknownFields(writer, fields);
  for (const field of descendingFields(message)) {
    const value = presentValue(field, fields);
    if (value !== undefined) {
      writeField(writer, field, value);
    }
  }
}

function writeField(writer: ReverseWriter, field: DescField, value: unknown): void {
  if (field.fieldKind !== 'list') {
    writeValue(writer, field, value);
    writeTag(writer, field.number, wireTypeOf(field));
    return;
  }
  const items = value as readonly unknown[];
  const end = writer.size;
  for (let i = items.length - 1; i >= 0; i -= 1) {
    writeValue(writer, field, items[i]);
    if (!field.packed) {
      writeTag(writer, field.number, wireTypeOf(field));
    }
  }
  if (field.packed && items.length > 0) {
    writer.varint(writer.size - end);
    writeTag(writer, field.number, WireType.LengthDelimited);
  }
}

function writeValue(writer: ReverseWriter, field: DescField, value: unknown): void {
  if (field.message !== undefined) {
    const end = writer.size;
    writeMessage(writer, field.message, value as MessageFields);
    writer.varint(writer.size - end);
    return;
  }
  switch (scalarOf(field)) {
    case ScalarType.STRING: {
      const end = writer.size;
      writer.text(checked(field, value, isText));
      writer.varint(writer.size - end);
      return;
    }
    case ScalarType.BYTES: {
      const bytes = checked(field, value, isBytes);
      writer.bytes(bytes);
      writer.varint(bytes.length);
      return;
    }
    case ScalarType.INT32:
      writer.varint64(BigInt(checked(field, value, isInt32)));
      return;
    case ScalarType.INT64:
      writer.varint64(checked(field, value, isInt64));
      return;
    case ScalarType.UINT64:
      writer.varint64(checked(field, value, isUint64));
      return;
    case ScalarType.FLOAT:
      writer.float32(checked(field, value, isFloat32));
      return;
    case ScalarType.DOUBLE:
      writer.float64(checked(field, value, isNumber));
      return;
    default:
      throw new InternalError(
        'INTERNAL_SCHEMA_TYPE',
        `writeMessage: no rule for the type of ${field.toString()}. This is a bug in @etalon/onnx.`,
      );
  }
}

function writeTag(writer: ReverseWriter, number: number, wireType: WireType): void {
  writer.varint(number * 8 + wireType);
}

function writeUnknownFields(writer: ReverseWriter, fields: MessageFields): void {
  const unknown = (fields.$unknown ?? []) as readonly UnknownField[];
  for (const { no, wireType, data } of unknown.toReversed()) {
    writer.bytes(data);
    writeTag(writer, no, wireType);
  }
}

interface UnknownField {
  readonly no: number;
  readonly wireType: WireType;
  readonly data: Uint8Array;
}

// An unset proto2 scalar reads as its default through the prototype, so presence is ownership.
function presentValue(field: DescField, fields: MessageFields): unknown {
  if (field.oneof !== undefined) {
    const choice = fields[field.oneof.localName] as { readonly case?: string; value?: unknown };
    return choice.case === field.localName ? choice.value : undefined;
  }
  return Object.hasOwn(fields, field.localName) ? fields[field.localName] : undefined;
}

const fieldOrder = new WeakMap<DescMessage, readonly DescField[]>();

function descendingFields(message: DescMessage): readonly DescField[] {
  let fields = fieldOrder.get(message);
  if (fields === undefined) {
    fields = message.fields.toSorted((a, b) => b.number - a.number);
    fieldOrder.set(message, fields);
  }
  return fields;
}

function checked<T>(field: DescField, value: unknown, accepts: (value: unknown) => value is T): T {
  if (accepts(value)) {
    return value;
  }
  const kind = field.scalar === undefined ? 'enum' : (ScalarType[field.scalar] ?? '').toLowerCase();
  const got = typeof value === 'string' ? JSON.stringify(value) : String(value);
  throw new SerializationError(
    'ONNX_VALUE',
    `${field.parent.typeName}.${field.name}: the value does not fit the field, got ${got}.\n` +
      `Expected a value of protobuf type ${kind}.`,
    { details: { field: `${field.parent.typeName}.${field.name}`, value } },
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && getTextEncoding().checkUtf8(value);
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isFloat32(value: unknown): value is number {
  return isNumber(value) && (!Number.isFinite(value) || Math.abs(value) <= FLOAT32_MAX);
}

function isInt32(value: unknown): value is number {
  return isNumber(value) && (value | 0) === value;
}

function isInt64(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}

function isUint64(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asUintN(64, value) === value;
}
