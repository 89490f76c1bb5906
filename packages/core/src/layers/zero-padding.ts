import { pad } from '@etalon/compiler';
import type { Pair, PairOfPads } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import { requireLayerRank } from './fixed-size.ts';
import type { Layer, LayerOptions } from './layer.ts';
import { createTensorLayer } from './tensor-layer.ts';

/**
 * Returns a layer that puts a border of zeros around images: `[batch, height, width, channels]` to `[batch, height + top
 * + bottom, width + left + right, channels]`. Keras `ZeroPadding2D`.
 *
 * @param padding - one width for all sides, `[height, width]` for both sides of each, or `[[top, bottom], [left, right]]`;
 * default 1.
 * @throws {AttributeError} when a width is no integer of at least 0.
 * @throws {ShapeError} (in the model) when the input has another rank.
 */
export function zeroPadding2d(
  padding: number | Pair | PairOfPads = 1,
  options: LayerOptions = {},
): Layer {
  const [vertical, horizontal] = bothSides<number | Pair>(padding);
  const [top, bottom] = bothSides<number>(vertical);
  const [left, right] = bothSides<number>(horizontal);
  if (![top, bottom, left, right].every((width) => Number.isInteger(width) && width >= 0)) {
    throw new AttributeError(
      'OPTION_PADDING',
      `${options.name ?? 'zeroPadding2d'}: padding must be integers of at least 0, got ${JSON.stringify(padding)}.\nExpected one number, [height, width] or [[top, bottom], [left, right]].`,
    );
  }
  return createTensorLayer('zeroPadding2d', options, (image, scope) => {
    requireLayerRank(scope.path, image, 4, 'NHWC');
    return pad(image, { before: [0, top, left, 0], after: [0, bottom, right, 0] });
  });
}

// Callers without types may give anything, which is found not to be an integer.
function bothSides<T>(pads: number | readonly [T, T]): readonly [number | T, number | T] {
  return typeof pads === 'object' ? pads : [pads, pads];
}
