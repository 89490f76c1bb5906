import type { DType, ReductionOperatorsV1 } from '@etalon/spec';
import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import type { Kernel, KernelsOf } from './kernel.ts';
import { float, MAXIMUM_RANK, numeric, operandAt } from './kernel.ts';
import { transpose, writeRegion } from './movement.ts';
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

/** Sums of so many terms in a row keep to the budget of a sum, whatever the terms. */
const BLOCK = 32;

/**
 * Sums float32 elements. `wasm` adds one after the other in float32, 646 ulps off over 4,099 equal terms: there, sums of
 * blocks are summed in turn, which is also twice as fast. `cpu` adds in float64.
 */
function sum(scope: Scope, x: TfjsTensor, axes: readonly number[]): TfjsTensor {
  let rows = toRows(scope, x, axes);
  const [count = 1] = rows.shape;
  while (scope.engine === 'wasm' && (rows.shape[1] ?? 1) > 2 * BLOCK) {
    const [, columns = 1] = rows.shape;
    const size = blockSize(columns);
    const whole = columns % size === 0 ? rows : padRows(scope, rows, size);
    const blocks = (whole.shape[1] ?? size) / size;
    const sums = sumRows(scope, scope.reshape(whole, [count * blocks, size]));
    rows = scope.reshape(sums, [count, blocks]);
  }
  return sumRows(scope, rows);
}

/** A divisor of a row's length near the block's size, or that size. */
function blockSize(columns: number): number {
  for (let size = 2 * BLOCK; size > BLOCK / 2; size -= 1) if (columns % size === 0) return size;
  return BLOCK;
}

/** Adds zeros to each row, to a multiple of a size. */
function padRows(scope: Scope, rows: TfjsTensor, size: number): TfjsTensor {
  const [count = 1, columns = 1] = rows.shape;
  const result = scope.allocateLike(rows, [count, Math.ceil(columns / size) * size]);
  scope.view(result).fill(0);
  writeRegion(scope, result, rows, { starts: [0, 0], steps: [1, 1] });
  return result;
}

function sumRows(scope: Scope, rows: TfjsTensor): TfjsTensor {
  return scope.run('Sum', { x: rows }, { axis: [1], keepDims: false });
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
