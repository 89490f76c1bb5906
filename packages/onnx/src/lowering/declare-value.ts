import { formatDimension } from '@etalon/compiler';
import type { ValueType } from '@etalon/spec';
import { createValueInfo } from '../codec/model-builder.ts';
import type { ValueInfoProto } from '../schema/onnx-pb.ts';

/** Returns the declaration of a tensor of the program: expressions of sizes are named by their text. */
export function declareValue(name: string, { dtype, shape }: ValueType): ValueInfoProto {
  const dims = shape.map((size) => (typeof size === 'number' ? size : formatDimension(size)));
  return createValueInfo({ name, dtype, dims });
}
