import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';

import { MAX_MESSAGE_DEPTH } from './limits.ts';
import { wireTypeOf } from './wire-types.ts';

/** First place where bytes break the wire format of a message. */
export interface WireFault {
  /** Byte offset of the field at fault. */
  readonly offset: number;
  /** Field names from the root, `graph.node.attribute`; empty at the root. */
  readonly path: string;
  /** What is wrong there, as a clause with the value found: "…, got 300". */
  readonly problem: string;
}

// A 64-bit value in groups of seven bits.
const MAX_VARINT_BYTES = 10;

const MAX_TAG = 0xffff_ffff;

/**
 * Returns the first structural fault of a serialized message, or undefined if there is none.
 *
 * The protobuf library does not compare wire types with the schema and lets a nested message run
 * over its end, so damaged bytes would come out as a plausible wrong model. This walk visits tags
 * and lengths alone: its time does not depend on the size of the tensors. Unknown field numbers are
 * accepted, as newer ONNX versions add them; groups are not, as ONNX has none.
 */
export function findWireFault(message: DescMessage, bytes: Uint8Array): WireFault | undefined {
  return scan({ bytes, position: 0 }, message, bytes.length, 1, []);
}

interface Cursor {
  readonly bytes: Uint8Array;
  position: number;
}

function scan(
  cursor: Cursor,
  message: DescMessage,
  end: number,
  depth: number,
  path: readonly string[],
): WireFault | undefined {
  const fields = fieldsByNumber(message);
  while (cursor.position < end) {
    const offset = cursor.position;
    const tag = readVarint(cursor, end);
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    const field = fields.get(number);
    const fieldPath = (): readonly string[] => (field === undefined ? path : [...path, field.name]);
    const fault = (problem: string): WireFault => ({
      offset,
      path: fieldPath().join('.'),
      problem,
    });

    if (!(tag <= MAX_TAG) || number === 0) {
      return fault('a field does not start with a valid tag');
    }
    if (field !== undefined && !accepts(field, wireType)) {
      return fault(
        `the field has the wrong wire type, got ${wireType} instead of ${wireTypeOf(field)}`,
      );
    }
    switch (wireType) {
      case WireType.Varint:
        if (Number.isNaN(readVarint(cursor, end))) {
          return fault('an integer is cut short');
        }
        break;
      case WireType.Bit32:
      case WireType.Bit64:
        cursor.position += wireType === WireType.Bit32 ? 4 : 8;
        if (cursor.position > end) {
          return fault('a number is cut short');
        }
        break;
      case WireType.LengthDelimited: {
        const length = readVarint(cursor, end);
        const left = end - cursor.position;
        if (Number.isNaN(length)) {
          return fault('a length is cut short');
        }
        if (length > left) {
          return fault(`a length of ${length} bytes is announced, got ${left}`);
        }
        const contentEnd = cursor.position + length;
        if (field?.message !== undefined) {
          if (depth === MAX_MESSAGE_DEPTH) {
            return fault(`messages are nested too deeply, got more than ${MAX_MESSAGE_DEPTH}`);
          }
          const inner = scan(cursor, field.message, contentEnd, depth + 1, fieldPath());
          if (inner !== undefined) {
            return inner;
          }
        } else if (field !== undefined && !isWholePack(field, cursor, contentEnd)) {
          return fault(`a packed list does not end with an element, got ${length} bytes`);
        }
        cursor.position = contentEnd;
        break;
      }
      default:
        return fault(`the wire type is unknown to ONNX, got ${wireType}`);
    }
  }
  return undefined;
}

/** Reads a varint; NaN if it does not end before `end` or is longer than 64 bits. */
function readVarint(cursor: Cursor, end: number): number {
  const last = Math.min(end, cursor.position + MAX_VARINT_BYTES);
  let value = 0;
  let scale = 1;
  while (cursor.position < last) {
    const byte = cursor.bytes[cursor.position] ?? 0;
    cursor.position += 1;
    value += (byte & 127) * scale;
    if (byte < 128) {
      return value;
    }
    scale *= 128;
  }
  return Number.NaN;
}

function accepts(field: DescField, wireType: number): boolean {
  const natural = wireTypeOf(field);
  // Readers take both forms of a list of numbers, packed or not (protobuf.dev, "Encoding").
  return (
    wireType === natural || (field.fieldKind === 'list' && wireType === WireType.LengthDelimited)
  );
}

function isWholePack(field: DescField, cursor: Cursor, end: number): boolean {
  const length = end - cursor.position;
  switch (wireTypeOf(field)) {
    case WireType.Bit32:
      return length % 4 === 0;
    case WireType.Bit64:
      return length % 8 === 0;
    case WireType.Varint:
      return length === 0 || (cursor.bytes[end - 1] ?? 0) < 128;
    default:
      return true;
  }
}

const fieldMaps = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldsByNumber(message: DescMessage): ReadonlyMap<number, DescField> {
  let fields = fieldMaps.get(message);
  if (fields === undefined) {
    fields = new Map(message.fields.map((field) => [field.number, field]));
    fieldMaps.set(message, fields);
  }
  return fields;
}
