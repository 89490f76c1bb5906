import type { MessageInitShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { getTextEncoding } from '@bufbuild/protobuf/wire';
import { SerializationError } from '@etalon/spec';

import type { AttributeProto, GraphProto, TensorProto } from '../schema/onnx-pb.ts';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
} from '../schema/onnx-pb.ts';

/**
 * Returns an integer attribute.
 *
 * @throws {SerializationError} `ONNX_VALUE` for a number that is not a safe integer.
 */
export function intAttribute(name: string, value: number | bigint): AttributeProto {
  return attribute(name, AttributeType.INT, { i: toInt64(name, value) });
}

/**
 * Returns an attribute of integers.
 *
 * @throws {SerializationError} `ONNX_VALUE` for a number that is not a safe integer.
 */
export function intsAttribute(name: string, values: readonly (number | bigint)[]): AttributeProto {
  return attribute(name, AttributeType.INTS, { ints: values.map((v) => toInt64(name, v)) });
}

/**
 * Returns a float attribute, rounded to float32.
 *
 * @throws {SerializationError} `ONNX_VALUE` for a finite number that float32 cannot hold.
 */
export function floatAttribute(name: string, value: number): AttributeProto {
  return attribute(name, AttributeType.FLOAT, { f: toFloat32(name, value) });
}

/**
 * Returns an attribute of floats, rounded to float32.
 *
 * @throws {SerializationError} `ONNX_VALUE` for a finite number that float32 cannot hold.
 */
export function floatsAttribute(name: string, values: readonly number[]): AttributeProto {
  return attribute(name, AttributeType.FLOATS, { floats: values.map((v) => toFloat32(name, v)) });
}

/** Returns a string attribute, in UTF-8. */
export function stringAttribute(name: string, value: string): AttributeProto {
  return attribute(name, AttributeType.STRING, { s: getTextEncoding().encodeUtf8(value) });
}

/** Returns a tensor attribute, such as the value of `Constant`. */
export function tensorAttribute(name: string, value: TensorProto): AttributeProto {
  return attribute(name, AttributeType.TENSOR, { t: value });
}

/** Returns a graph attribute, such as the body of `Loop`. */
export function graphAttribute(name: string, value: GraphProto): AttributeProto {
  return attribute(name, AttributeType.GRAPH, { g: value });
}

function attribute(
  name: string,
  type: AttributeType,
  value: MessageInitShape<typeof AttributeProtoSchema>,
): AttributeProto {
  return create(AttributeProtoSchema, { ...value, name, type });
}

function toInt64(name: string, value: number | bigint): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new SerializationError(
      'ONNX_VALUE',
      `attribute "${name}": the value is not a safe integer, got ${value}.`,
      { details: { attribute: name, value } },
    );
  }
  return BigInt(value);
}

// Rounded here, so that a model equals what is read back from its bytes.
function toFloat32(name: string, value: number): number {
  const rounded = Math.fround(value);
  if (Number.isFinite(value) && !Number.isFinite(rounded)) {
    throw new SerializationError(
      'ONNX_VALUE',
      `attribute "${name}": the value is too large for float32, got ${value}.`,
      { details: { attribute: name, value } },
    );
  }
  return rounded;
}
