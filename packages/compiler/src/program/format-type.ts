import type { Shape, ValueType } from '@etalon/spec';
import { formatDimension } from '../dimension/index.ts';

/** Formats a shape: `[batch, 784]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.map(formatDimension).join(', ')}]`;
}

/** Formats a type: `float32[batch, 784]`. */
export function formatType(type: ValueType): string {
  return `${type.dtype}${formatShape(type.shape)}`;
}
