import type { TfjsArray } from '../runtime.ts';

/** Elements of an array that a walk visits: from `offset` on, `strides[i]` apart along axis `i`. */
export interface Walk {
  readonly data: TfjsArray;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Returns the distance between neighbours along each axis of a row-major array. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}

/** Strides of an operand under a shape that it broadcasts to: 0 along the axes that it stretches. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const own = rowMajorStrides(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) => (shape[axis - missing] === 1 ? 0 : (own[axis - missing] ?? 0)));
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

interface Axis {
  size: number;
  to: number;
  from: number;
}

/** Copies elements from one walk to another over the same sizes. */
export function copyStrided(to: Walk, from: Walk, sizes: readonly number[]): void {
  const axes = joinAxes(to, from, sizes);
  const inner = axes.pop() ?? { size: 1, to: 1, from: 1 };
  const outer = axes.pop() ?? { size: 1, to: 0, from: 0 };
  const copy = (toOffset: number, fromOffset: number, depth: number): void => {
    const axis = axes[depth];
    if (axis === undefined) {
      copyPlane(to.data, from.data, toOffset, fromOffset, outer, inner);
      return;
    }
    for (let i = 0; i < axis.size; i += 1) {
      copy(toOffset + i * axis.to, fromOffset + i * axis.from, depth + 1);
    }
  };
  copy(to.offset, from.offset, 0);
}

/** Axes of size 1 are dropped, and neighbours that both walks cross in equal steps become one. */
function joinAxes(to: Walk, from: Walk, sizes: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  sizes.forEach((size, axis) => {
    if (size === 1) return;
    const next = { size, to: to.strides[axis] ?? 0, from: from.strides[axis] ?? 0 };
    const last = axes.at(-1);
    if (last?.to === next.to * size && last.from === next.from * size) {
      last.size *= size;
      last.to = next.to;
      last.from = next.from;
    } else axes.push(next);
  });
  return axes;
}

/** Rows shorter than this are copied faster element by element than by a call. */
const SHORT_ROW = 16;

function copyPlane(
  to: TfjsArray,
  from: TfjsArray,
  toOffset: number,
  fromOffset: number,
  outer: Axis,
  inner: Axis,
): void {
  const isRow = inner.to === 1 && inner.from === 1 && inner.size >= SHORT_ROW;
  const isRepeated = inner.to === 1 && inner.from === 0 && inner.size >= SHORT_ROW;
  for (let i = 0; i < outer.size; i += 1) {
    let target = toOffset + i * outer.to;
    let source = fromOffset + i * outer.from;
    if (isRow) to.set(from.subarray(source, source + inner.size), target);
    else if (isRepeated) to.fill(from[source] as number, target, target + inner.size);
    else {
      for (let j = 0; j < inner.size; j += 1) {
        to[target] = from[source] as number;
        target += inner.to;
        source += inner.from;
      }
    }
  }
}
