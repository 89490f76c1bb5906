import type { MovementOperatorsV1 } from '@etalon/spec';
import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import { expandTo } from './broadcast.ts';
import type { KernelsOf, KernelTraits } from './kernel.ts';
import { every, MAXIMUM_RANK, operandAt } from './kernel.ts';
import { copyStrided, rowMajorStrides, sizeOf } from './strided.ts';

const loop: KernelTraits = { dtypes: every, maximumRank: MAXIMUM_RANK, kind: () => 'loop' };

/** Returns the operand with its axes in another order. */
export function transpose(scope: Scope, x: TfjsTensor, permutation: readonly number[]): TfjsTensor {
  const shape = permutation.map((axis) => x.shape[axis] ?? 1);
  const joined = joinPermutation(x.shape, permutation);
  if (joined.permutation.length < 2) return scope.reshape(x, shape);
  // The kernels of `cpu` find the place of each element by division; that of `wasm` is fast up to rank 4.
  if (scope.engine === 'wasm' && joined.permutation.length <= 4) {
    const moved = scope.run(
      'Transpose',
      { x: scope.reshape(x, joined.shape) },
      { perm: joined.permutation },
    );
    return scope.reshape(moved, shape);
  }
  const result = scope.allocateLike(x, shape);
  const strides = rowMajorStrides(x.shape);
  copyStrided(
    { data: scope.view(result), offset: 0, strides: rowMajorStrides(shape) },
    { data: scope.view(x), offset: 0, strides: permutation.map((axis) => strides[axis] ?? 0) },
    shape,
  );
  return result;
}

/** Axes that stay neighbours become one, and axes of size 1 go. */
function joinPermutation(
  shape: readonly number[],
  permutation: readonly number[],
): { readonly shape: number[]; readonly permutation: number[] } {
  const groups: number[][] = [];
  for (const axis of permutation.filter((candidate) => shape[candidate] !== 1)) {
    const last = groups.at(-1);
    const isNext = last !== undefined && nextAxis(shape, last.at(-1) ?? 0) === axis;
    if (isNext) last.push(axis);
    else groups.push([axis]);
  }
  const inOrder = groups.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  return {
    shape: inOrder.map((axes) => sizeOf(axes.map((axis) => shape[axis] ?? 1))),
    permutation: groups.map((axes) => inOrder.indexOf(axes)),
  };
}

function nextAxis(shape: readonly number[], axis: number): number {
  let next = axis + 1;
  while (shape[next] === 1) next += 1;
  return next;
}

/** A part of a tensor: `sizes[i]` elements along axis `i` from `starts[i]` on, `steps[i]` apart. */
export interface Region {
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  readonly steps: readonly number[];
}

/** Returns a part of a tensor. */
export function slice(scope: Scope, x: TfjsTensor, { starts, sizes, steps }: Region): TfjsTensor {
  const result = scope.allocateLike(x, sizes);
  const strides = rowMajorStrides(x.shape);
  copyStrided(
    { data: scope.view(result), offset: 0, strides: rowMajorStrides(sizes) },
    {
      data: scope.view(x),
      offset: starts.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0),
      strides: strides.map((stride, axis) => stride * (steps[axis] ?? 1)),
    },
    sizes,
  );
  return result;
}

/** Writes a tensor into a region of another. */
export function writeRegion(
  scope: Scope,
  to: TfjsTensor,
  x: TfjsTensor,
  { starts, steps }: Pick<Region, 'starts' | 'steps'>,
): void {
  const strides = rowMajorStrides(to.shape);
  copyStrided(
    {
      data: scope.view(to),
      offset: starts.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0),
      strides: strides.map((stride, axis) => stride * (steps[axis] ?? 1)),
    },
    { data: scope.view(x), offset: 0, strides: rowMajorStrides(x.shape) },
    x.shape,
  );
}

/** Joins tensors along an axis. */
export function concat(
  scope: Scope,
  parts: readonly TfjsTensor[],
  axis: number,
  shape: readonly number[],
): TfjsTensor {
  const result = scope.allocate((parts[0]?.dtype ?? 'float32') as 'float32', shape);
  const starts = shape.map(() => 0);
  const steps = shape.map(() => 1);
  for (const part of parts) {
    writeRegion(scope, result, part, { starts, steps });
    starts[axis] = (starts[axis] ?? 0) + (part.shape[axis] ?? 0);
  }
  return result;
}

/** Rows of the operators that move elements: loops, since the kernels lack dtypes, ranks or strides. */
export const movementKernels: KernelsOf<keyof MovementOperatorsV1> = {
  identity: {
    ...loop,
    kind: () => 'native',
    run: ({ scope, inputs, shape }) => scope.reshape(operandAt(inputs, 0), shape),
  },
  reshape: {
    ...loop,
    kind: () => 'native',
    run: ({ scope, inputs, shape }) => scope.reshape(operandAt(inputs, 0), shape),
  },
  transpose: {
    ...loop,
    run: ({ scope, inputs, attributes: { permutation } }) =>
      transpose(scope, operandAt(inputs, 0), permutation),
  },
  expand: {
    ...loop,
    run: ({ scope, inputs, shape }) => expandTo(scope, operandAt(inputs, 0), shape),
  },
  concat: {
    ...loop,
    run: ({ scope, inputs, attributes: { axis }, shape }) => concat(scope, inputs, axis, shape),
  },
  slice: {
    ...loop,
    run: ({ scope, inputs, attributes: { starts, strides }, shape, sizeOf: evaluate }) =>
      slice(scope, operandAt(inputs, 0), {
        starts: starts.map(evaluate),
        sizes: shape,
        steps: strides,
      }),
  },
  pad: {
    ...loop,
    run: ({ scope, inputs, attributes: { before, value }, shape, sizeOf: evaluate }) => {
      const x = operandAt(inputs, 0);
      const result = scope.allocateLike(x, shape);
      scope.view(result).fill(value);
      writeRegion(scope, result, x, {
        starts: before.map(evaluate),
        steps: shape.map(() => 1),
      });
      return result;
    },
  },
};
