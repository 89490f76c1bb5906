import type { DescField } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';

/** Returns the scalar type that a field without message is written as; enums are int32. */
export function scalarOf(field: DescField): ScalarType {
  return field.scalar ?? ScalarType.INT32;
}

/** Returns the wire type of one unpacked value of a field. */
export function wireTypeOf(field: DescField): WireType {
  if (field.message !== undefined) {
    return WireType.LengthDelimited;
  }
  switch (scalarOf(field)) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.FLOAT:
      return WireType.Bit32;
    case ScalarType.DOUBLE:
      return WireType.Bit64;
    default:
      return WireType.Varint;
  }
}
