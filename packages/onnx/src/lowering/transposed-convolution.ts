import { addDimensions, multiplyDimensions } from '@etalon/compiler';
import type { Dimension } from '@etalon/spec';
import type { GraphEmitter } from './graph-emitter.ts';
import type { RuntimeSizes } from './runtime-sizes.ts';
import { slice } from './slices.ts';
import type { Window } from './window.ts';
import { convolutionAttributes, extent, IMAGE_AXES, remainder } from './window.ts';

/** What {@link transposedConvolution} spreads out. */
export interface TransposedConvolution {
  /** `[batch, channels, height, width]`, one element per window. */
  readonly image: string;
  /** `[channels, resultChannels / groups, height, width]`. */
  readonly filter: string;
  readonly window: Window;
  readonly groups: number;
  /** Height and width of `image`. */
  readonly imageSize: readonly [Dimension, Dimension];
  /** Height and width of the result. */
  readonly resultSize: readonly [Dimension, Dimension];
}

/**
 * Adds the adjoint of a strided convolution. The elements at the end that no window reaches are zeros; where
 * their number is only known at run time, as many as there can be are added and the rest cut off.
 */
export function transposedConvolution(
  emitter: GraphEmitter,
  sizes: RuntimeSizes,
  { image, filter, window, groups, imageSize, resultSize }: TransposedConvolution,
): string {
  const rest = IMAGE_AXES.map((axis) => remainder(window, axis, resultSize[axis], imageSize[axis]));
  const added = rest.map((count, axis) =>
    typeof count === 'number' ? count : (window.strides[axis] ?? 1) - 1,
  );
  const spread = emitter.emit('ConvTranspose', [image, filter], {
    ...convolutionAttributes(window, groups),
    output_padding: added,
  });
  const spreadSize = (axis: 0 | 1): Dimension =>
    addDimensions(
      multiplyDimensions(imageSize[axis], window.strides[axis]),
      extent(window, axis) -
        window.strides[axis] -
        window.before[axis] -
        window.after[axis] +
        (added[axis] ?? 0),
    );
  const shape = [-1, -1, spreadSize(0), spreadSize(1)];
  const parts = IMAGE_AXES.map((axis) => ({
    axis: axis + 2,
    start: 0,
    size: resultSize[axis],
    stride: 1,
  }));
  return slice(emitter, sizes, spread, shape, parts);
}
