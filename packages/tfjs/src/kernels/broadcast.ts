import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import { broadcastStrides, copyStrided, rowMajorStrides, sizeOf } from './strided.ts';

/** Returns an operand stretched to a shape. */
export function expandTo(scope: Scope, x: TfjsTensor, shape: readonly number[]): TfjsTensor {
  if (sizeOf(x.shape) === sizeOf(shape)) return scope.reshape(x, shape);
  const result = scope.allocateLike(x, shape);
  copyStrided(
    { data: scope.view(result), offset: 0, strides: rowMajorStrides(shape) },
    { data: scope.view(x), offset: 0, strides: broadcastStrides(x.shape, shape) },
    shape,
  );
  return result;
}

/**
 * Returns operands under shapes that every kernel broadcasts right and fast: one axis in all, or a row for
 * each of several equal parts, or a scalar. What does not fit is stretched first: kernels of the engine `cpu` take a
 * microsecond per element that they broadcast along inner axes, and those of `wasm` return memory that was never
 * written from rank 7 on.
 */
export function alignOperands(
  scope: Scope,
  operands: readonly TfjsTensor[],
  shape: readonly number[],
): readonly TfjsTensor[] {
  const size = sizeOf(shape);
  const partial = operands.filter((x) => sizeOf(x.shape) !== size && sizeOf(x.shape) !== 1);
  const row = sizeOf(partial[0]?.shape ?? []);
  const areRows =
    partial.length < operands.length &&
    partial.every((x) => sizeOf(x.shape) === row && isTrailing(x.shape, shape));
  const full = partial.length > 0 && areRows ? [size / row, row] : [size];
  return operands.map((x) => {
    const own = sizeOf(x.shape);
    if (own === size) return scope.reshape(x, full);
    if (own === 1) return scope.reshape(x, []);
    return areRows ? scope.reshape(x, [own]) : scope.reshape(expandTo(scope, x, shape), full);
  });
}

/** Tells whether a shape is the last axes of another, ones before it left aside. */
function isTrailing(shape: readonly number[], of: readonly number[]): boolean {
  const first = shape.findIndex((size) => size !== 1);
  const own = first < 0 ? [] : shape.slice(first);
  return own.every((size, axis) => size === of[of.length - own.length + axis]);
}
