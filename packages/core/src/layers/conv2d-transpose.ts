import type { SizePair } from '@etalon/compiler';
import { add, conv2dTranspose as transpose } from '@etalon/compiler';
import { AttributeError } from '@etalon/spec';
import type { Initializer } from '../initializers/initializer.ts';
import { glorotUniform, zeros } from '../initializers/initializers.ts';
import type { Activation } from './activation.ts';
import { resolveActivation } from './activation.ts';
import { fixedSize, requireLayerRank } from './fixed-size.ts';
import type { Layer, LayerOptions } from './layer.ts';
import { requireCount } from './require-count.ts';
import { createTensorLayer } from './tensor-layer.ts';

/** Options of `conv2dTranspose`. */
export interface Conv2dTransposeLayerOptions extends LayerOptions {
  /** Height and width of the filters. */
  readonly kernelSize: SizePair;
  /** How far apart elements of the input lie in the output; default 1. */
  readonly strides?: SizePair;
  /** Default `valid`. */
  readonly padding?: 'valid' | 'same';
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
 * Returns a layer that enlarges images by the transpose of a convolution: `[batch, height, width, channels]` to `[batch,
 * height', width', filters]`, where a size n becomes `n·stride` with padding `same`, and `(n - 1)·stride + kernel` with
 * `valid` (`n·stride` where the stride is larger than the kernel). Variables: `kernel [height, width, filters, channels]`,
 * `bias [filters]`. Keras `Conv2DTranspose`.
 *
 * @throws {AttributeError} when a count is no integer of at least 1, or there is no such activation.
 * @throws {ShapeError} (in the model) when the input has another rank, or its channels are not fixed.
 */
export function conv2dTranspose(filters: number, options: Conv2dTransposeLayerOptions): Layer {
  const where = options.name ?? 'conv2dTranspose';
  requireCount(where, 'filters', filters);
  const { kernelSize, strides = 1, padding = 'valid' } = options;
  const [height, width] = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
  requireCount(where, 'kernelSize', height);
  requireCount(where, 'kernelSize', width);
  if (padding !== 'valid' && padding !== 'same') {
    throw new AttributeError(
      'OPTION_PADDING',
      `${where}: padding must be "valid" or "same", got ${JSON.stringify(padding)}.`,
    );
  }
  const activate = resolveActivation(where, options.activation ?? 'linear');
  return createTensorLayer('conv2dTranspose', options, (image, scope) => {
    requireLayerRank(scope.path, image, 4, 'NHWC');
    const channels = fixedSize(scope.path, image, 3, 'number of channels');
    const kernel = scope.parameter(
      'kernel',
      [height, width, filters, channels],
      options.kernelInitializer ?? glorotUniform(),
    );
    const output = transpose(image, kernel, { strides, padding });
    if (options.useBias === false) return activate(output);
    const bias = scope.parameter('bias', [filters], options.biasInitializer ?? zeros());
    return activate(add(output, bias));
  });
}
