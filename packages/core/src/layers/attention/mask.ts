import type { Tensor } from '@etalon/compiler';
import {
  add,
  concat,
  formatType,
  greater,
  greaterOrEqual,
  indexRange,
  lesserOrEqual,
  logicalAnd,
  reshape,
  shapesEqual,
  sub,
} from '@etalon/compiler';
import type { Dimension } from '@etalon/spec';
import { DTypeError } from '@etalon/spec';
import { positionsOf } from './positions.ts';

/**
 * Returns a caller's mask as it meets scores, `[batch, heads, queries, keys]`.
 *
 * @param sizes - batch, queries and keys.
 * @throws {DTypeError} when it is neither bool `[batch, queries, keys]` nor bool `[batch, keys]`.
 */
export function maskOfScores(
  mask: Tensor,
  sizes: readonly [batch: Dimension, queries: Dimension, keys: Dimension],
  path: string,
): Tensor {
  const [batch, queries, keys] = sizes;
  const isPadding = shapesEqual(mask.shape, [batch, keys]);
  if (mask.dtype === 'bool' && (isPadding || shapesEqual(mask.shape, sizes))) {
    return reshape(mask, [batch, 1, isPadding ? 1 : queries, keys]);
  }
  const [each, padding] = [sizes, [batch, keys]].map((shape) =>
    formatType({ dtype: 'bool', shape }),
  );
  throw new DTypeError(
    'DTYPE_MASK',
    `${path}: the mask must say which keys each query sees, got ${formatType(mask)}.\nExpected ${each}, or ${padding} for all queries alike.`,
  );
}

/**
 * Returns `[queries, keys]`: whether a key is not after a query, and with a context, among that many before and with it.
 */
export function causalMask(
  queries: Dimension,
  keys: Dimension,
  context: number | undefined,
): Tensor {
  const window = typeof keys === 'number' && context !== undefined && keys <= context;
  return behind(positionsOf(queries), positionsOf(keys), window ? undefined : context);
}

/**
 * Returns `[queries, context + queries]`, for keys that are those of a full cache and then those of this step's queries: as
 * {@link causalMask}, and without the places of the cache that hold nothing yet.
 *
 * @param position - number of steps before this one, int32 scalar.
 */
export function cachedMask(queries: Dimension, context: number, position: Tensor): Tensor {
  const own = add(positionsOf(queries), context);
  const rows = concat([indexRange(context), own]);
  return logicalAnd(behind(own, rows, context), greaterOrEqual(rows, sub(context, position)));
}

function behind(queries: Tensor, keys: Tensor, context: number | undefined): Tensor {
  const column = reshape(queries, [...queries.shape, 1]);
  const past = lesserOrEqual(keys, column);
  return context === undefined ? past : logicalAnd(past, greater(keys, sub(column, context)));
}
