import type { Dimension, DType, Pair, Shape, ValueType } from '@etalon/spec';
import { AttributeError, DTypeError, ShapeError } from '@etalon/spec';
import { dimensionsEqual, shapesEqual } from '../dimension/index.ts';
import { formatShape, formatType } from '../program/format-type.ts';

/** Checks that a type is among the allowed ones. */
export function requireDType(type: ValueType, allowed: readonly DType[], name: string): void {
  if (allowed.includes(type.dtype)) return;
  throw new DTypeError(
    'DTYPE_OPERAND',
    `the dtype of the ${name} does not fit, got ${formatType(type)}.\nExpected ${allowed.join(' or ')}.${
      allowed.includes('float32') ? "\nFix: convert it with cast(x, 'float32')." : ''
    }`,
  );
}

/** Checks that two operands have one dtype. */
export function requireSameDType(a: ValueType, b: ValueType): void {
  if (a.dtype === b.dtype) return;
  throw new DTypeError(
    'DTYPE_MISMATCH',
    `operands must have one dtype, got ${formatType(a)} and ${formatType(b)}.\nFix: convert one of them with cast().`,
  );
}

/** Checks the rank of an operand. */
export function requireRank(type: ValueType, rank: number, name: string, layout: string): void {
  if (type.shape.length === rank) return;
  throw new ShapeError(
    'SHAPE_RANK',
    `${name} must have rank ${rank} (${layout}), got ${formatType(type)}.`,
  );
}

/** Checks that an attribute is an integer of at least `minimum`. */
export function requireInteger(value: number, minimum: number, name: string): void {
  if (Number.isInteger(value) && value >= minimum) return;
  throw new AttributeError(
    'ATTRIBUTE_INTEGER',
    `${name} must be an integer of at least ${minimum}, got ${value}.`,
  );
}

/** Checks that an attribute is a number, NaN and infinities included. */
export function requireNumber(value: number, name: string): void {
  if (typeof value === 'number') return;
  throw new AttributeError(
    'ATTRIBUTE_NUMBER',
    `${name} must be a number, got ${JSON.stringify(value)}.`,
  );
}

/** Checks that an attribute is true or false. */
export function requireBoolean(value: boolean, name: string): void {
  if (typeof value === 'boolean') return;
  throw new AttributeError(
    'ATTRIBUTE_BOOLEAN',
    `${name} must be true or false, got ${JSON.stringify(value)}.`,
  );
}

/** Checks that an attribute holds two integers, for height and width, of at least `minimum`. */
export function requirePair(pair: Pair, minimum: number, name: string): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new AttributeError(
      'ATTRIBUTE_PAIR',
      `${name} must be two numbers, for height and width, got ${JSON.stringify(pair)}.`,
    );
  }
  for (const value of pair) requireInteger(value, minimum, name);
}

/** Checks that an axis is within a rank; the operator functions have resolved negative ones. */
export function requireAxis(axis: number, type: ValueType, name = 'axis'): void {
  const rank = type.shape.length;
  if (Number.isInteger(axis) && axis >= 0 && axis < rank) return;
  throw new AttributeError(
    'ATTRIBUTE_AXIS',
    `${name} ${axis} is out of range for ${formatType(type)} (rank ${rank}).\nExpected ${
      rank === 0 ? 'an operand of rank 1 or more' : `${-rank} … ${rank - 1}`
    }.`,
  );
}

/** Shape that two shapes broadcast to, or `undefined`. */
export function tryBroadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result: Dimension[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left === 1) result.push(right);
    else if (right === 1 || dimensionsEqual(left, right)) result.push(left);
    else return undefined;
  }
  return result;
}

/**
 * Shape that operands broadcast to by NumPy's rule.
 *
 * @throws {ShapeError} when two sizes differ and neither is 1, or cannot be shown equal.
 */
export function broadcast(types: readonly ValueType[]): Shape {
  let shape: Shape = [];
  for (const type of types) {
    const next = tryBroadcast(shape, type.shape);
    if (next === undefined) {
      throw new ShapeError(
        'SHAPE_BROADCAST',
        `shapes do not broadcast, got ${types.map(formatType).join(' and ')}.\nExpected sizes that are equal or 1, aligned at the last axis.`,
      );
    }
    shape = next;
  }
  return shape;
}

/** Checks that a shape stretches to another by broadcasting. */
export function requireExpandable(from: ValueType, to: Shape): void {
  const reached = tryBroadcast(from.shape, to);
  if (reached !== undefined && shapesEqual(reached, to)) return;
  throw new ShapeError(
    'SHAPE_EXPAND',
    `cannot broadcast ${formatType(from)} to ${formatShape(to)}.\nExpected sizes that are equal or 1, aligned at the last axis.`,
  );
}
