import type {
  CompositeOperatorsV1,
  Dimension,
  DType,
  HostTensor,
  IndexingOperatorsV1,
  ValueType,
} from '@etalon/spec';
import { AttributeError, InternalError } from '@etalon/spec';
import { elementCount, formatDimension } from '../dimension/index.ts';
import { currentBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { resolveAxis } from './axes.ts';
import { cast } from './elementwise.ts';
import { emit, placeOf, scalar } from './emit.ts';
import { expand } from './movement.ts';

const arrays: { readonly [D in DType]: new (length: number) => HostTensor['data'] } = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
};

/** Returns slices of `x` at int32 indices along an axis (default 0). See {@link IndexingOperatorsV1.gather}. */
export function gather(
  x: Tensor,
  indices: Tensor,
  { axis = 0 }: { readonly axis?: number } = {},
): Tensor {
  return emit('gather', [x, indices], { axis: resolveAxis('gather', axis, x) });
}

/** Returns `updates` summed by int32 index into `size` slices. See {@link IndexingOperatorsV1.scatterAdd}. */
export function scatterAdd(
  indices: Tensor,
  updates: Tensor,
  { size }: { readonly size: Dimension },
): Tensor {
  return emit('scatterAdd', [indices, updates], { size });
}

/** Returns a size as an int32 scalar. See {@link IndexingOperatorsV1.dimensionSize}. */
export function dimensionSize(dimension: Dimension): Tensor {
  return emit('dimensionSize', [], { dimension });
}

/** Returns float32 rows with 1 at the int32 index, on a new last axis. See {@link CompositeOperatorsV1.oneHot}. */
export function oneHot(indices: Tensor, { depth }: { readonly depth: number }): Tensor {
  return emit('oneHot', [indices], { depth });
}

/** Nested arrays of numbers, all rows equally long. */
export type NestedNumbers = number | readonly NestedNumbers[];

/**
 * Returns a constant of the program that is being traced: from a host tensor, a number or nested arrays of
 * numbers (float32). The data of a host tensor is not copied, so it must not change afterwards.
 *
 * @throws {AttributeError} when nested arrays are ragged.
 */
export function constant(value: HostTensor | NestedNumbers): Tensor {
  const builder = currentBuilder('constant');
  if (typeof value === 'object' && 'dtype' in value) return builder.constant(value);
  const shape: number[] = [];
  for (let row: NestedNumbers | undefined = value; typeof row === 'object'; row = row[0]) {
    shape.push(row.length);
  }
  const data: number[] = [];
  flatten(placeOf(builder, 'constant'), value, shape, 0, data);
  return builder.literal({ dtype: 'float32', shape, data: Float32Array.from(data) });
}

function flatten(
  where: string,
  value: NestedNumbers,
  shape: readonly number[],
  depth: number,
  out: number[],
): void {
  const regular =
    typeof value === 'number' ? depth === shape.length : value.length === shape[depth];
  if (!regular) {
    throw new AttributeError(
      'ATTRIBUTE_RAGGED',
      `${where}: nested arrays must be equally long, got ${JSON.stringify(value)?.slice(0, 40)} where the first rows give [${shape.join(', ')}].`,
    );
  }
  if (typeof value === 'number') out.push(value);
  else for (const row of value) flatten(where, row, shape, depth + 1, out);
}

/** Returns the constant int32 vector 0, 1, …, count - 1. */
export function indexRange(count: number): Tensor {
  return currentBuilder('indexRange').literal({
    dtype: 'int32',
    shape: [count],
    data: Int32Array.from({ length: count }, (_, i) => i),
  });
}

/** Returns a tensor of the given type with one value everywhere. */
export function filled(type: ValueType, value: number): Tensor {
  return expand(scalar(currentBuilder('filled'), 'filled', value, type.dtype), type.shape);
}

/**
 * As {@link filled}, by a constant instead of an operator, for sizes that are numbers: the rules for empty operands
 * use it, since a backend need not have `expand`.
 */
export function filledConstant({ dtype, shape }: ValueType, value: number): Tensor {
  const sizes = shape.map((size) => {
    if (typeof size === 'number') return size;
    throw new InternalError(
      'INTERNAL_EMPTY_RULE',
      `filledConstant: sizes must be bound, got ${formatDimension(size)}. This is a bug in @etalon/compiler.`,
    );
  });
  const data = new arrays[dtype](sizes.reduce((product, size) => product * size, 1)).fill(value);
  return constant({ dtype, shape: sizes, data } as HostTensor);
}

/**
 * Number of elements on the given axes: a number where the sizes are fixed, else a float32 scalar, exact below
 * 2²⁴.
 */
export function elementCountOf(x: Tensor, axes: readonly number[]): Tensor | number {
  const count = elementCount(axes.map((axis) => x.shape[axis] ?? 1));
  return typeof count === 'number' ? count : cast(dimensionSize(count), 'float32');
}
