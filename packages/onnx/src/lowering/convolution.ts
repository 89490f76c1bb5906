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
    const tensors = [operand(context, 0).channelsFirst(), filterOIHW(filter)];
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
    const backwards = backwardsWindow(window, groups);
    if (backwards !== undefined) {
      const turned = reversedFilterIOHW(sizes, filter, groups);
      return channelsFirst(
        emitter.emit('Conv', [image, turned], convolutionAttributes(backwards, groups)),
      );
    }
    return channelsFirst(
      transposedConvolution(emitter, sizes, {
        image,
        filter: filterOIHW(filter),
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
 * Returns the window of the convolution that gives the input gradient, where that is the better way: at filters of 1 x 1 and in
 * groups. ms with ONNX Runtime 1.30 on one thread (`benchmarks/lowerings.mjs`), by `ConvTranspose` and by `Conv`:
 *
 * - 64 images of 14 x 14 x 32, 64 filters of 1 x 1: 1.14, 0.93; of 3 x 3: 4.7, 8.1; of 5 x 5: 9.4, 22.5
 * - 64 of 13 x 13 x 16, 32 filters of 3 x 3: 1.2, 2.4; 16 of 28 x 28 x 64, 64 filters: 12.0, 13.8; 64 of 8 x 8 x 128, 128 filters:
 *   12.2, 14.4
 * - depthwise, 32 of 14 x 14 x 64: 2.2, 1.5
 */
function backwardsWindow(window: Window, groups: number): Window | undefined {
  if (groups === 1 && window.size.some((count) => count !== 1)) return undefined;
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
