import { AttributeError } from '@etalon/spec';
import { formatType } from '../program/format-type.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { placeOf } from './emit.ts';

/**
 * Resolves an axis that may count from the end.
 *
 * @throws {AttributeError} when it is out of range.
 */
export function resolveAxis(operator: string, axis: number, x: Tensor): number {
  const rank = x.shape.length;
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new AttributeError(
    'ATTRIBUTE_AXIS',
    `${placeOf(x['~trace'].builder, operator)}: axis ${axis} is out of range for ${formatType(x)} (rank ${rank}).\nExpected ${
      rank === 0 ? 'an operand of rank 1 or more' : `${-rank} … ${rank - 1}`
    }.`,
  );
}

/** Resolves a list of axes to sorted ones; all axes when none is given. */
export function resolveAxes(
  operator: string,
  axes: readonly number[] | number | undefined,
  x: Tensor,
): readonly number[] {
  if (axes === undefined) return x.shape.map((_, axis) => axis);
  const list = typeof axes === 'number' ? [axes] : axes;
  const resolved = list.map((axis) => resolveAxis(operator, axis, x)).sort((a, b) => a - b);
  if (new Set(resolved).size === resolved.length) return resolved;
  throw new AttributeError(
    'ATTRIBUTE_AXES',
    `${placeOf(x['~trace'].builder, operator)}: an axis is named twice, got [${list.join(', ')}] for ${formatType(x)}.`,
  );
}
