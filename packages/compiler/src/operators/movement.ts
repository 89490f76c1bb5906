import type { Dimension, MovementOperatorsV1, Shape } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import {
  addDimensions,
  divideDimensionsExactly,
  elementCount,
  floorDivideDimension,
  shapesEqual,
  subtractDimensions,
} from '../dimension/index.ts';
import { formatShape, formatType } from '../program/format-type.ts';
import { currentBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { resolveAxis } from './axes.ts';
import { emit, placeOf } from './emit.ts';

/** Returns the operand under a new value. See {@link MovementOperatorsV1.identity}. */
export function identity(x: Tensor): Tensor {
  return emit('identity', [x], {});
}

/**
 * Returns the same elements in another shape; one size may be -1 and follows from the others. See
 * {@link MovementOperatorsV1.reshape}.
 *
 * @throws {ShapeError} when the numbers of elements differ, or the size for -1 is not an integer.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const resolved = shape.includes(-1) ? inferSize(x, shape) : shape;
  return shapesEqual(x.shape, resolved) ? x : emit('reshape', [x], { shape: resolved });
}

function inferSize(x: Tensor, shape: Shape): Shape {
  const known = elementCount(shape.filter((size) => size !== -1));
  const inferred = divideDimensionsExactly(elementCount(x.shape), known);
  if (inferred === undefined || shape.indexOf(-1) !== shape.lastIndexOf(-1)) {
    throw new ShapeError(
      'SHAPE_RESHAPE_INFER',
      `${placeOf(x['~trace'].builder, 'reshape')}: no size for -1 turns ${formatType(x)} into ${formatShape(shape)}.\nExpected one -1 and a product of the other sizes that divides the number of elements.`,
    );
  }
  return shape.map((size) => (size === -1 ? inferred : size));
}

/**
 * Returns the axes reordered, negative ones from the end; reversed when no permutation is given. See
 * {@link MovementOperatorsV1.transpose}.
 */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const axes =
    permutation?.map((axis) => resolveAxis('transpose', axis, x)) ??
    x.shape.map((_, axis) => x.shape.length - 1 - axis);
  return emit('transpose', [x], { permutation: axes });
}

/** Returns the last two axes swapped: the transposed matrices. */
export function swapLastAxes(x: Tensor): Tensor {
  const leading = x.shape.slice(0, -2).map((_, axis) => axis);
  return transpose(x, [...leading, -1, -2]);
}

/** Returns the operand broadcast to a shape. See {@link MovementOperatorsV1.expand}. */
export function expand(x: Tensor, shape: Shape): Tensor {
  return shapesEqual(x.shape, shape) ? x : emit('expand', [x], { shape });
}

/** Returns operands joined along an axis (default 0, negative from the end). See {@link MovementOperatorsV1.concat}. */
export function concat(
  tensors: readonly Tensor[],
  { axis = 0 }: { readonly axis?: number } = {},
): Tensor {
  const [first, ...rest] = tensors;
  if (first === undefined) {
    throw new ShapeError(
      'SHAPE_CONCAT_NONE',
      `${placeOf(currentBuilder('concat'), 'concat')}: at least one operand is needed, got none.`,
    );
  }
  return emit('concat', [first, ...rest], { axis: resolveAxis('concat', axis, first) });
}

/** Where a slice lies. */
export interface SliceOptions {
  /** First index on each axis. */
  readonly starts: Shape;
  /** Number of elements on each axis; default as many as there are from `starts` on, `strides` apart. */
  readonly sizes?: Shape;
  /** Distance of elements on each axis; default 1. */
  readonly strides?: readonly number[];
}

/** Returns a sub-tensor. See {@link MovementOperatorsV1.slice}. */
export function slice(x: Tensor, options: SliceOptions): Tensor {
  const { starts, strides = x.shape.map(() => 1) } = options;
  const all = (size: Dimension, axis: number): Dimension => {
    const stride = strides[axis] ?? 1;
    // left to the type rule, which refuses it
    if (!Number.isInteger(stride) || stride < 1) return 0;
    // rounded up: the last, incomplete stride has its element too
    const room = addDimensions(subtractDimensions(size, starts[axis] ?? 0), stride - 1);
    return floorDivideDimension(room, stride);
  };
  return emit('slice', [x], { starts, sizes: options.sizes ?? x.shape.map(all), strides });
}

/** Border of a padded tensor. */
export interface PadOptions {
  /** Elements added before, on each axis. */
  readonly before: Shape;
  /** Elements added after, on each axis. */
  readonly after: Shape;
  /** Value of the border; default 0. */
  readonly value?: number;
}

/** Returns the operand with a constant border. See {@link MovementOperatorsV1.pad}. */
export function pad(x: Tensor, { before, after, value = 0 }: PadOptions): Tensor {
  const none = (sizes: Shape) => sizes.every((size: Dimension) => size === 0);
  return none(before) && none(after) ? x : emit('pad', [x], { before, after, value });
}
