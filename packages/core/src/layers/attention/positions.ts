import type { Tensor } from '@etalon/compiler';
import {
  add,
  addDimensions,
  cast,
  filled,
  indexRange,
  multiplyDimensions,
  pad,
  reduceSum,
  reshape,
  slice,
} from '@etalon/compiler';
import type { Dimension } from '@etalon/spec';

/**
 * Returns int32 `[length]`: 0, 1, … A constant where the length is a number; else counted, since no operator numbers the elements of
 * an axis of named size.
 *
 * Rows of `length` ones and `length + 1` zeros, read again as rows that are one element shorter, move one place to the left from row
 * to row: what is left of the ones is a triangle, whose columns add up to 1, 2, … Sums of ones are exact below 2²⁴.
 */
export function positionsOf(length: Dimension): Tensor {
  if (typeof length === 'number') return indexRange(length);
  const ones = filled({ dtype: 'float32', shape: [length, length] }, 1);
  const rows = pad(ones, { before: [0, 0], after: [0, addDimensions(length, 1)] });
  const width = multiplyDimensions(length, 2);
  const count = multiplyDimensions(length, width);
  const flat = reshape(rows, [addDimensions(count, length)]);
  const shifted = reshape(slice(flat, { starts: [0], sizes: [count] }), [length, width]);
  const triangle = slice(shifted, { starts: [0, 0], sizes: [length, length] });
  return cast(add(reduceSum(triangle, { axes: 0 }), -1), 'int32');
}
