import type { SizePair, Tensor } from '@etalon/compiler';
import {
  add,
  concat,
  elementCount,
  expand,
  mul,
  multiplyDimensions,
  reshape,
  slice,
  subtractDimensions,
} from '@etalon/compiler';
import type { Dimension, Shape } from '@etalon/spec';
import { AttributeError } from '@etalon/spec';
import { requireLayerRank } from './fixed-size.ts';
import type { Layer, LayerOptions } from './layer.ts';
import { requireCount } from './require-count.ts';
import { createTensorLayer } from './tensor-layer.ts';

type Enlarge = (x: Tensor, axis: number, times: number) => Tensor;

const interpolations: Readonly<Record<NonNullable<UpSamplingOptions['interpolation']>, Enlarge>> = {
  nearest: repeat,
  bilinear: interpolate,
};

/** Options of `upSampling2d`. */
export interface UpSamplingOptions extends LayerOptions {
  /**
   * How elements in between are made: `nearest` repeats rows and columns, `bilinear` lies on the line between two
   * elements, each taken as the middle of its pixel. Default `nearest`.
   */
  readonly interpolation?: 'nearest' | 'bilinear';
}

/**
 * Returns a layer that enlarges images: `[batch, height, width, channels]` to `[batch, height · size, width · size,
 * channels]`. Keras `UpSampling2D`.
 *
 * @param size - how often, one number or one for rows and one for columns; default 2.
 * @throws {AttributeError} when a size is no integer of at least 1, or there is no such interpolation.
 * @throws {ShapeError} (in the model) when the input has another rank.
 */
export function upSampling2d(size: SizePair = 2, options: UpSamplingOptions = {}): Layer {
  const where = options.name ?? 'upSampling2d';
  const [rows, columns] = typeof size === 'number' ? [size, size] : size;
  requireCount(where, 'size', rows);
  requireCount(where, 'size', columns);
  const { interpolation = 'nearest' } = options;
  if (!Object.hasOwn(interpolations, interpolation)) {
    throw new AttributeError(
      'OPTION_INTERPOLATION',
      `${where}: there is no such interpolation, got ${JSON.stringify(interpolation)}.\nExpected one of ${JSON.stringify(Object.keys(interpolations))}.`,
    );
  }
  const enlarge = interpolations[interpolation];
  return createTensorLayer('upSampling2d', options, (image, scope) => {
    requireLayerRank(scope.path, image, 4, 'NHWC');
    return enlarge(enlarge(image, 1, rows), 2, columns);
  });
}

// Of rank 3 while it grows, which every engine can broadcast.
function repeat(x: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return x;
  const [before, after] = around(x, axis);
  const repeated = expand(reshape(x, [before, 1, after]), [before, times, after]);
  return reshape(repeated, enlarged(x, axis, times));
}

// Element i becomes `times` elements; the middle of the p-th is at i + (p + 1/2)/times - 1/2, so that it lies between x[i]
// and the element before or after it. Past the borders it is the border's.
function interpolate(x: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return x;
  const [before, after] = around(x, axis);
  const parts = Array.from({ length: times }, (_, phase) => {
    const offset = (phase + 0.5) / times - 0.5;
    if (offset === 0) return x;
    const other = shifted(x, axis, offset < 0 ? 'before' : 'after');
    return add(mul(x, 1 - Math.abs(offset)), mul(other, Math.abs(offset)));
  });
  const stacked = concat(
    parts.map((part) => reshape(part, [before, 1, after])),
    { axis: 1 },
  );
  return reshape(stacked, enlarged(x, axis, times));
}

// Each element's neighbour along an axis; the last one's, on its side, is that one itself.
function shifted(x: Tensor, axis: number, side: 'before' | 'after'): Tensor {
  const size = x.shape[axis] ?? 1;
  if (size === 1) return x;
  const rest = subtractDimensions(size, 1);
  const part = (start: Dimension, length: Dimension): Tensor =>
    slice(x, {
      starts: x.shape.map((_, at) => (at === axis ? start : 0)),
      sizes: x.shape.map((all, at) => (at === axis ? length : all)),
    });
  return side === 'before'
    ? concat([part(0, 1), part(0, rest)], { axis })
    : concat([part(1, rest), part(rest, 1)], { axis });
}

// Numbers of elements up to an axis, and behind it.
function around(x: Tensor, axis: number): readonly [Dimension, Dimension] {
  return [elementCount(x.shape.slice(0, axis + 1)), elementCount(x.shape.slice(axis + 1))];
}

function enlarged(x: Tensor, axis: number, times: number): Shape {
  return x.shape.map((size, at) => (at === axis ? multiplyDimensions(size, times) : size));
}
