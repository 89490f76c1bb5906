import type { DType, ReductionOperatorsV1 } from '@etalon/spec';
import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import type { Kernel, KernelsOf } from './kernel.ts';
import { float, MAXIMUM_RANK, numeric, operandAt } from './kernel.ts';
import { matrixProduct } from './linear-algebra.ts';
import { transpose } from './movement.ts';
import { hasNonFinite } from './non-finite.ts';
import { sizeOf } from './strided.ts';

type Reduction = 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin';

const nativeFloat = (dtype: DType) => (dtype === 'float32' ? 'native' : 'loop');

/** Returns the operand as a matrix whose rows are what is reduced to one element. */
function toRows(scope: Scope, x: TfjsTensor, axes: readonly number[]): TfjsTensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const columns = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
  const moved = transpose(scope, x, [...kept, ...axes]);
  return scope.reshape(moved, [sizeOf(x.shape) / columns, columns]);
}

/** Reduces each row by a loop. */
function foldRows(
  scope: Scope,
  rows: TfjsTensor,
  start: number,
  fold: (result: number, x: number) => number,
): TfjsTensor {
  const [count = 1, columns = 1] = rows.shape;
  const result = scope.allocateLike(rows, [count]);
  const to = scope.view(result);
  const from = scope.view(rows);
  for (let row = 0, at = 0; row < count; row += 1) {
    let folded = start;
    for (let column = 0; column < columns; column += 1, at += 1) {
      folded = fold(folded, from[at] as number);
    }
    to[row] = folded;
  }
  return result;
}

/**
 * Sums float32 elements. Where the axes are the first ones, a product with a row of ones spares the
 * transposition and is five times as fast on `wasm`.
 */
function sum(scope: Scope, x: TfjsTensor, axes: readonly number[]): TfjsTensor {
  const isLeading = axes.every((axis, index) => axis === index) && axes.length < x.shape.length;
  if (isLeading && scope.engine === 'wasm') {
    const count = sizeOf(x.shape.slice(0, axes.length));
    const ones = scope.allocate('float32', [1, count]);
    scope.view(ones).fill(1);
    return matrixProduct(scope, ones, scope.reshape(x, [count, sizeOf(x.shape) / count]));
  }
  return scope.run('Sum', { x: toRows(scope, x, axes) }, { axis: [1], keepDims: false });
}

function extreme<K extends Reduction>(
  name: string,
  limits: Readonly<Record<'float32' | 'int32', number>>,
  fold: (a: number, b: number) => number,
): Kernel<K> {
  return {
    dtypes: numeric,
    maximumRank: MAXIMUM_RANK,
    kind: nativeFloat,
    run: ({ scope, inputs, attributes: { axes }, dtype, shape }) => {
      const x = operandAt(inputs, 0);
      if (axes.length === 0) return scope.reshape(x, shape);
      const rows = toRows(scope, x, axes);
      // The kernels compare, so that a NaN counts or not by its place.
      const isLoop = dtype === 'int32' || hasNonFinite(scope, rows);
      const result = isLoop
        ? foldRows(scope, rows, limits[dtype as 'float32'], fold)
        : scope.run(name, { x: rows }, { axis: [1], reductionIndices: [1], keepDims: false });
      return scope.reshape(result, shape);
    },
  };
}

/** The first largest element, or the first NaN. */
function argument<K extends 'argMax' | 'argMin'>(
  isBetter: (x: number, best: number) => boolean,
): Kernel<K> {
  return {
    dtypes: numeric,
    maximumRank: MAXIMUM_RANK,
    // The kernels pass over NaN, and that of `cpu` takes strings of loops for what one loop does.
    kind: () => 'loop',
    run: ({ scope, inputs, attributes: { axis }, shape }) => {
      const rows = toRows(scope, operandAt(inputs, 0), [axis]);
      const [count = 1, columns = 1] = rows.shape;
      const result = scope.allocate('int32', shape);
      const to = scope.view(result);
      const from = scope.view(rows);
      for (let row = 0; row < count; row += 1) {
        let best = 0;
        for (let column = 1; column < columns; column += 1) {
          const top = from[row * columns + best] as number;
          const x = from[row * columns + column] as number;
          if (isBetter(x, top) || (Number.isNaN(x) && !Number.isNaN(top))) best = column;
        }
        to[row] = best;
      }
      return result;
    },
  };
}

/** Rows of the operators that reduce axes. */
export const reductionKernels: KernelsOf<keyof ReductionOperatorsV1> = {
  reduceSum: {
    dtypes: numeric,
    maximumRank: MAXIMUM_RANK,
    kind: nativeFloat,
    run: ({ scope, inputs, attributes: { axes }, dtype, shape }) => {
      const x = operandAt(inputs, 0);
      if (axes.length === 0) return scope.reshape(x, shape);
      const result =
        dtype === 'int32'
          ? foldRows(scope, toRows(scope, x, axes), 0, (total, element) => (total + element) | 0)
          : sum(scope, x, axes);
      return scope.reshape(result, shape);
    },
  },
  reduceMean: {
    dtypes: float,
    maximumRank: MAXIMUM_RANK,
    kind: () => 'native',
    run: ({ scope, inputs, attributes: { axes }, shape }) => {
      const x = operandAt(inputs, 0);
      if (axes.length === 0) return scope.reshape(x, shape);
      const count = scope.scalar(sizeOf(axes.map((axis) => x.shape[axis] ?? 1)));
      const total = scope.reshape(sum(scope, x, axes), [sizeOf(shape)]);
      return scope.reshape(scope.run('RealDiv', { a: total, b: count }), shape);
    },
  },
  reduceMax: extreme('Max', { float32: -Infinity, int32: -(2 ** 31) }, Math.max),
  reduceMin: extreme('Min', { float32: Infinity, int32: 2 ** 31 - 1 }, Math.min),
  argMax: argument((x, best) => x > best),
  argMin: argument((x, best) => x < best),
};
