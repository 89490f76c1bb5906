import { TensorProto_DataType as DataType } from '../schema/onnx-pb.ts';

/** Element types that the lowering writes: those of programs, and int64 for shapes and indices. */
export type WritableElementType = 'float32' | 'int32' | 'int64' | 'bool' | 'uint8';

/** Number of each writable element type in `TensorProto.data_type` and `TypeProto.Tensor.elem_type`. */
export const dataTypes: Readonly<Record<WritableElementType, DataType>> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  int64: DataType.INT64,
  bool: DataType.BOOL,
  uint8: DataType.UINT8,
};

/**
 * Returns ONNX's name of an element type, such as `FLOAT16`, or the number itself when the schema
 * has no name for it.
 */
export function dataTypeName(dataType: number): string {
  const entry = Object.entries(DataType).find(([, number]) => number === dataType);
  return entry === undefined ? String(dataType) : entry[0];
}
