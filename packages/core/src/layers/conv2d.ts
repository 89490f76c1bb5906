import type { Padding, SizePair } from '@etalon/compiler';
import { add, conv2d as convolve, formatType } from '@etalon/compiler';
import { AttributeError, ShapeError } from '@etalon/spec';
import type { Initializer } from '../initializers/initializer.ts';
import { glorotUniform, zeros } from '../initializers/initializers.ts';
import type { Activation } from './activation.ts';
import { resolveActivation } from './activation.ts';
import { fixedSize, requireLayerRank } from './fixed-size.ts';
import type { Layer, LayerOptions } from './layer.ts';
import { requireCount } from './require-count.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of `conv2d`. */
export interface Conv2dLayerOptions extends LayerOptions {
  /** Height and width of the filters. */
  readonly kernelSize: SizePair;
  /** Default 1. */
  readonly strides?: SizePair;
  /** Default `valid`. */
  readonly padding?: Padding;
  /** Distance between filter taps; default 1. */
  readonly dilations?: SizePair;
  /** Default 1. */
  readonly groups?: number;
  /** Default `linear`. */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default Glorot uniform. */
  readonly kernelInitializer?: Initializer;
  /** Default zeros. */
  readonly biasInitializer?: Initializer;
}

/**
 * Returns a convolution layer: images `[batch, height, width, channels]` to `[batch, height', width', filters]`.
 * Variables: `kernel [height, width, channels / groups, filters]`, `bias [filters]`. Keras `Conv2D`.
 *
 * @throws {AttributeError} when a count is no integer of at least 1, the groups do not divide the filters, or there is no
 * such activation.
 * @throws {ShapeError} (in the model) when the input has another rank, or its channels are not fixed or do not
 * divide into the groups.
 */
export function conv2d(filters: number, options: Conv2dLayerOptions): Layer {
  const where = options.name ?? 'conv2d';
  requireCount(where, 'filters', filters);
  const [height, width] =
    typeof options.kernelSize === 'number'
      ? [options.kernelSize, options.kernelSize]
      : options.kernelSize;
  requireCount(where, 'kernelSize', height);
  requireCount(where, 'kernelSize', width);
  const { strides = 1, padding = 'valid', dilations = 1, groups = 1 } = options;
  requireCount(where, 'groups', groups);
  if (filters % groups !== 0) {
    throw new AttributeError(
      'OPTION_GROUPS',
      `${where}: groups must divide the filters, got ${groups} groups for ${filters} filters.`,
    );
  }
  const activate = resolveActivation(where, options.activation ?? 'linear');
  return createTensorLayer('conv2d', options, (image, scope) => {
    requireLayerRank(scope.path, image, 4, 'NHWC');
    const channels = fixedSize(scope.path, image, 3, 'number of channels');
    if (channels % groups !== 0) {
      throw new ShapeError(
        'SHAPE_CONV2D_GROUPS',
        `${scope.path}: groups must divide the channels, got ${groups} groups for ${formatType(image)} (NHWC).`,
      );
    }
    const kernel = scope.parameter(
      'kernel',
      [height, width, channels / groups, filters],
      options.kernelInitializer ?? glorotUniform(),
    );
    const output = convolve(image, kernel, { strides, padding, dilations, groups });
    if (options.useBias === false) return activate(output);
    const bias = scope.parameter('bias', [filters], options.biasInitializer ?? zeros());
    return activate(add(output, bias));
  });
}
