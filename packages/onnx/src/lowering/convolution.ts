import type { Dimension, Pair, ValueType } from '@etalon/spec';
import { filterGradient } from './filter-gradient.ts';
import { filterOIHW, reversedFilterIOHW } from './filters.ts';
import type { LoweringsOf } from './lowering.ts';
import { channelsFirst, operand, rowMajor } from './lowering.ts';
import { transposedConvolution } from './transposed-convolution.ts';
import type { Window } from './window.ts';
import { convolutionAttributes, convolutionWindow } from './window.ts';

/** Lowerings of convolution and its gradients. */
export const convolutionLowerings: LoweringsOf<
  'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient'
> = {
  conv2d: (context) => {
    const { emitter, attributes, bias } = context;
    const filter = operand(context, 1);
    const window = convolutionWindow(filterSize(filter.type), attributes);
    const tensors = [operand(context, 0).channelsFirst(), filterOIHW(emitter, filter)];
    if (bias !== undefined) tensors.push(bias.rowMajor());
    return channelsFirst(
      emitter.emit('Conv', tensors, convolutionAttributes(window, attributes.groups)),
    );
  },

  conv2dInputGradient: (context) => {
    const { emitter, sizes, attributes } = context;
    const gradient = operand(context, 0);
    const filter = operand(context, 1);
    const window = convolutionWindow(filterSize(filter.type), attributes);
    const image = gradient.channelsFirst();
    const { groups } = attributes;
    const backwards = backwardsWindow(window, Number(filter.type.shape[2]), groups);
    if (backwards !== undefined) {
      const turned = reversedFilterIOHW(emitter, sizes, filter, groups);
      return channelsFirst(
        emitter.emit('Conv', [image, turned], convolutionAttributes(backwards, groups)),
      );
    }
    return channelsFirst(
      transposedConvolution(emitter, sizes, {
        image,
        filter: filterOIHW(emitter, filter),
        window,
        groups,
        imageSize: imageSize(gradient.type),
        resultSize: attributes.inputSize,
      }),
    );
  },

  conv2dFilterGradient: (context) => rowMajor(filterGradient(context)),
};

/**
 * From this many image channels on, the input gradient at stride 1 is a convolution with turned filters.
 * Measured with ONNX Runtime 1.30 and 3 x 3 filters on one and two threads: 64 images of 13 x 13 x 16 take 2.6 and 1.3
 * ms so, 1.0 and 1.0 by `ConvTranspose`, which gains little from threads; 14 x 14 x 32 7.7 and 4.0, 3.6 and 2.7; 16 of
 * 28 x 28 x 64 9.5 and 6.6, 9.9 and 7.7. Depthwise (32 of 14 x 14 x 64) 1.5 and 2.2 on one thread.
 */
const CHANNELS_TO_CONVOLVE = 64;

/** Returns the window of the convolution that gives the input gradient, where that is the better way. */
function backwardsWindow(window: Window, channels: number, groups: number): Window | undefined {
  if (groups === 1 && channels < CHANNELS_TO_CONVOLVE) return undefined;
  const { size, strides, dilations } = window;
  if (strides.some((stride) => stride !== 1)) return undefined;
  const pads = (given: Pair): Pair => [
    (size[0] - 1) * dilations[0] - given[0],
    (size[1] - 1) * dilations[1] - given[1],
  ];
  const before = pads(window.before);
  const after = pads(window.after);
  return [...before, ...after].some((count) => count < 0)
    ? undefined
    : { ...window, before, after };
}

function filterSize({ shape }: ValueType): Pair {
  return [Number(shape[0]), Number(shape[1])];
}

function imageSize({ shape }: ValueType): readonly [Dimension, Dimension] {
  return [shape[1] ?? 1, shape[2] ?? 1];
}
