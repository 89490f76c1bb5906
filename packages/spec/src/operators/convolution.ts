import type { Dimension } from '../dimension.ts';

/** Two numbers for the height and the width axis, in this order. */
export type Pair = readonly [number, number];

/** Padding before and after, for the height and the width axis. */
export type PairOfPads = readonly [Pair, Pair];

/** How a window moves over an image. */
export interface ConvolutionAttributes {
  /** At least 1. */
  readonly strides: Pair;
  /**
   * Zeros (for pooling: nothing) added around the image; at least 0. Whether a filter tap or gradient that is NaN or
   * infinite counts where it meets padding is unspecified.
   */
  readonly padding: PairOfPads;
  /** Distance between filter taps; at least 1. */
  readonly dilations: Pair;
  /** Number of groups that input and output channels split into; at least 1. */
  readonly groups: number;
}

/** How a pooling window moves over an image. */
export interface PoolingAttributes {
  /** Height and width; at least 1. */
  readonly windowSize: Pair;
  /** At least 1. */
  readonly strides: Pair;
  /** Smaller than the window, so that every window holds an element of the image. */
  readonly padding: PairOfPads;
}

/**
 * Convolution, pooling and their gradients, float32. Images are NHWC, `[batch, height, width,
 * channels]`; filters are HWIO, `[height, width, inputChannels / groups, outputChannels]`. An output
 * axis has `⌊(size + pads - ((window - 1) · dilation + 1)) / stride⌋ + 1` elements.
 */
export interface ConvolutionOperatorsV1 {
  /** Cross-correlation of an image with a filter bank. WebNN `conv2d` with `nhwc` and `hwio`. */
  readonly conv2d: ConvolutionAttributes;
  /**
   * Gradient of `conv2d` with respect to its image. Inputs: output gradient, filter. `inputSize` is the
   * image's height and width, which the strides leave open.
   */
  readonly conv2dInputGradient: ConvolutionAttributes & {
    readonly inputSize: readonly [Dimension, Dimension];
  };
  /**
   * Gradient of `conv2d` with respect to its filter. Inputs: image, output gradient. `filterSize` is the
   * filter's height and width.
   */
  readonly conv2dFilterGradient: ConvolutionAttributes & { readonly filterSize: Pair };

  /**
   * Mean over each window, padding not counted. WebNN `averagePool2d`; ONNX `AveragePool` with
   * `count_include_pad` 0.
   */
  readonly averagePool2d: PoolingAttributes;
  /** Gradient of `averagePool2d`. Input: output gradient. */
  readonly averagePool2dGradient: PoolingAttributes & {
    readonly inputSize: readonly [Dimension, Dimension];
  };

  /** Largest element of each window; NaN wins. WebNN `maxPool2d`. */
  readonly maxPool2d: PoolingAttributes;
  /**
   * Gradient of `maxPool2d`. Inputs: image, output gradient. Each window's gradient goes to its first
   * maximum in row-major order (a NaN counts as the maximum); overlapping windows add.
   */
  readonly maxPool2dGradient: PoolingAttributes;
  /**
   * Picks, from a second image, the element at the place of each window's first maximum in the first
   * image: the adjoint of `maxPool2dGradient`. Inputs: image, image of the same shape.
   */
  readonly maxPool2dSelect: PoolingAttributes;
}
