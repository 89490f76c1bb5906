import { addDimensions, multiplyDimensions, subtractDimensions } from '@etalon/compiler';
import type { ConvolutionAttributes, Dimension, Pair, PoolingAttributes } from '@etalon/spec';
import type { NodeAttributes } from './graph-emitter.ts';

/** How a window moves over the two image axes; convolution and pooling in common. */
export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Padding before, per axis. */
  readonly before: Pair;
  /** Padding after, per axis. */
  readonly after: Pair;
}

/** Image axes as indices of pairs. */
export const IMAGE_AXES: readonly (0 | 1)[] = [0, 1];

/** Returns the window of a convolution whose filter has the given height and width. */
export function convolutionWindow(size: Pair, attributes: ConvolutionAttributes): Window {
  const { strides, dilations, padding } = attributes;
  const [[top, bottom], [left, right]] = padding;
  return { size, strides, dilations, before: [top, left], after: [bottom, right] };
}

/** Returns the window of a pooling operator. */
export function poolingWindow({ windowSize, strides, padding }: PoolingAttributes): Window {
  const [[top, bottom], [left, right]] = padding;
  return {
    size: windowSize,
    strides,
    dilations: [1, 1],
    before: [top, left],
    after: [bottom, right],
  };
}

/** Returns ONNX's attributes of a pooling window. */
export function poolAttributes({ size, strides, before, after }: Window): NodeAttributes {
  return { kernel_shape: size, pads: [...before, ...after], strides };
}

/** Returns ONNX's attributes of a convolution window. */
export function convolutionAttributes(window: Window, groups: number): NodeAttributes {
  return { dilations: window.dilations, group: groups, ...poolAttributes(window) };
}

/** Returns how far a window reaches along an axis, first to last tap. */
export function extent({ size, dilations }: Window, axis: 0 | 1): number {
  return (size[axis] - 1) * dilations[axis] + 1;
}

/** Whether no element lies in two windows. */
export function areDisjoint(window: Window): boolean {
  return IMAGE_AXES.every((axis) => window.strides[axis] >= extent(window, axis));
}

/** Whether nothing is added around the image. */
export function isUnpadded({ before, after }: Window): boolean {
  return [...before, ...after].every((count) => count === 0);
}

/**
 * Returns how many elements at the end of an axis no window reaches: what a transposed convolution would
 * leave out of the image. Negative where padding after the image is reached.
 */
export function remainder(
  window: Window,
  axis: 0 | 1,
  inputSize: Dimension,
  outputSize: Dimension,
): Dimension {
  const reach = addDimensions(
    multiplyDimensions(outputSize, window.strides[axis]),
    extent(window, axis) - window.strides[axis] - window.before[axis] - window.after[axis],
  );
  return subtractDimensions(inputSize, reach);
}
