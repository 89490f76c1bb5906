import { addDimensions, dimensionsEqual, multiplyDimensions } from '@etalon/compiler';
import type { Dimension, Shape } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import type { RuntimeSizes } from './runtime-sizes.ts';

/** Part of one axis: `size` elements from `start` on, `stride` apart. */
export interface AxisSlice {
  readonly axis: number;
  readonly start: Dimension;
  readonly size: Dimension;
  readonly stride: number;
}

/** Beyond the end of any axis; `Slice` clamps ends. */
const AXIS_END = 2 ** 31 - 1;

/** Takes a part of a tensor; axes that are taken whole are left out of the operator. */
export function slice(
  emitter: GraphEmitter,
  sizes: RuntimeSizes,
  tensor: string,
  shape: Shape,
  parts: readonly AxisSlice[],
): string {
  const cut = parts.filter(
    ({ axis, start, size, stride }) =>
      start !== 0 || stride !== 1 || !dimensionsEqual(size, shape[axis] ?? -1),
  );
  if (cut.length === 0) return tensor;
  return emitter.emit('Slice', [
    tensor,
    sizes.vector(cut.map(({ start }) => start)),
    sizes.vector(cut.map((part) => endOf(part, shape[part.axis] ?? -1))),
    emitter.int64s(cut.map(({ axis }) => axis)),
    ...(cut.every(({ stride }) => stride === 1)
      ? []
      : [emitter.int64s(cut.map(({ stride }) => stride))]),
  ]);
}

function endOf({ start, size, stride }: AxisSlice, whole: Dimension): Dimension {
  if (size === 0) return start;
  const reach = addDimensions(start, multiplyDimensions(size, stride));
  const end = addDimensions(reach, 1 - stride);
  return typeof end !== 'number' && dimensionsEqual(end, whole) ? AXIS_END : end;
}
