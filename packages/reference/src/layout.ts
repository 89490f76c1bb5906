import { sizeOf } from './tensor.ts';

/** Returns the distance, in elements, between neighbours on each axis of a row-major tensor. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/**
 * Returns strides that read an operand as if it were broadcast to `shape` by NumPy's rule: axes are
 * aligned at the last one, and a stretched axis has stride 0.
 */
export function broadcastStrides(operand: readonly number[], shape: readonly number[]): number[] {
  const own = rowMajorStrides(operand);
  const missing = shape.length - operand.length;
  return shape.map((size, axis) => {
    const ownAxis = axis - missing;
    return ownAxis < 0 || operand[ownAxis] !== size ? 0 : (own[ownAxis] as number);
  });
}

/** Returns the offset `Σ index · stride` of every index of a shape, in row-major order. */
export function offsetsOf(shape: readonly number[], strides: readonly number[]): Int32Array {
  let offsets = new Int32Array(1);
  shape.forEach((size, axis) => {
    const stride = strides[axis] as number;
    const next = new Int32Array(offsets.length * size);
    let at = 0;
    for (const offset of offsets) {
      for (let index = 0; index < size; index++) next[at++] = offset + index * stride;
    }
    offsets = next;
  });
  return offsets;
}

/** Copies the elements at `start + Σ index · stride` of a source, for every index of a shape. */
export function readStrided(
  source: Float64Array,
  start: number,
  strides: readonly number[],
  shape: readonly number[],
): Float64Array {
  const result = new Float64Array(sizeOf(shape));
  const width = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  let at = 0;
  for (const row of offsetsOf(shape.slice(0, -1), strides)) {
    let from = start + row;
    for (let column = 0; column < width; column++) {
      result[at++] = source[from] as number;
      from += step;
    }
  }
  return result;
}

/** Copies elements in row-major order to `start + Σ index · stride` of a target. */
export function writeStrided(
  target: Float64Array,
  start: number,
  strides: readonly number[],
  shape: readonly number[],
  elements: Float64Array,
): void {
  const width = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  let at = 0;
  for (const row of offsetsOf(shape.slice(0, -1), strides)) {
    let to = start + row;
    for (let column = 0; column < width; column++) {
      target[to] = elements[at++] as number;
      to += step;
    }
  }
}

/** Returns an operand's elements broadcast to a shape; no copy is made when it has that shape already. */
export function broadcastTo(
  elements: Float64Array,
  from: readonly number[],
  shape: readonly number[],
): Float64Array {
  if (from.length === shape.length && from.every((size, axis) => size === shape[axis])) {
    return elements;
  }
  return readStrided(elements, 0, broadcastStrides(from, shape), shape);
}

/** Where the elements of a reduction lie: result `i` reduces `starts[i] + steps[j]` for every `j`. */
export interface ReductionPlan {
  /** Offset of the first reduced element of each result, in the result's row-major order. */
  readonly starts: Int32Array;
  /** Offsets of the reduced elements from the first, in row-major order. */
  readonly steps: Int32Array;
}

/** Splits the axes of an operand into kept and reduced ones. */
export function planReduction(shape: readonly number[], axes: readonly number[]): ReductionPlan {
  const strides = rowMajorStrides(shape);
  const pick = (wanted: boolean) =>
    shape.map((_, axis) => axis).filter((axis) => axes.includes(axis) === wanted);
  const offsets = (kept: readonly number[]) =>
    offsetsOf(
      kept.map((axis) => shape[axis] as number),
      kept.map((axis) => strides[axis] as number),
    );
  return { starts: offsets(pick(false)), steps: offsets(pick(true)) };
}
