import type { Tensor } from '@etalon/compiler';
import { formatType } from '@etalon/compiler';
import { ShapeError } from '@etalon/spec';

/**
 * Size of an axis that a variable's shape depends on.
 *
 * @throws {ShapeError} when the size is only known at run time, or the rank is too small.
 */
export function fixedSize(where: string, input: Tensor, axis: number, meaning: string): number {
  const size = input.shape.at(axis);
  if (typeof size === 'number') return size;
  throw new ShapeError(
    'SHAPE_LAYER_INPUT',
    `${where}: the ${meaning} must be fixed when the model is built, got ${formatType(input)} (axis ${axis}).\nFix: give this axis a number in the model's inputs, or reshape before the layer.`,
  );
}

/**
 * Checks the rank of a layer's input.
 *
 * @throws {ShapeError} with the rank, the layout and a way out.
 */
export function requireLayerRank(where: string, input: Tensor, rank: number, layout: string): void {
  if (input.shape.length === rank) return;
  throw new ShapeError(
    'SHAPE_LAYER_RANK',
    `${where}: the input must have rank ${rank} (${layout}), got ${formatType(input)}.\nFix: reshape the input before this layer.`,
  );
}
