import type { ConvolutionAttributes, ConvolutionOperatorsV1 } from '@etalon/spec';
import { sizeOf } from '../tensor.ts';
import type { KernelsOf } from './kernel.ts';
import { operandAt } from './kernel.ts';

/** Adds all products of one convolution into `target`; the three operators differ in what they sum into. */
type Accumulate = (
  geometry: Geometry,
  image: Float64Array,
  filter: Float64Array,
  output: Float64Array,
) => void;

interface Geometry {
  /** NHWC shape of the image. */
  readonly image: readonly number[];
  /** HWIO shape of the filter. */
  readonly filter: readonly number[];
  /** NHWC shape of the output. */
  readonly output: readonly number[];
  readonly attributes: ConvolutionAttributes;
}

/**
 * Calls `visit` for every pair of an output pixel and a filter tap that meets the image, with the
 * offsets of the three pixels' first channels.
 */
function forEachTap(
  { image, filter, output, attributes }: Geometry,
  visit: (imageAt: number, filterAt: number, outputAt: number) => void,
): void {
  const [batch, imageHeight, imageWidth, imageChannels] = image as Shape4;
  const [filterHeight, filterWidth, filterChannels] = filter as Shape4;
  const [, outputHeight, outputWidth, outputChannels] = output as Shape4;
  const { strides, dilations, padding } = attributes;
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < outputHeight; oh++) {
      for (let ow = 0; ow < outputWidth; ow++) {
        const outputAt = ((n * outputHeight + oh) * outputWidth + ow) * outputChannels;
        for (let kh = 0; kh < filterHeight; kh++) {
          const ih = oh * strides[0] + kh * dilations[0] - padding[0][0];
          if (ih < 0 || ih >= imageHeight) continue;
          for (let kw = 0; kw < filterWidth; kw++) {
            const iw = ow * strides[1] + kw * dilations[1] - padding[1][0];
            if (iw < 0 || iw >= imageWidth) continue;
            const imageAt = ((n * imageHeight + ih) * imageWidth + iw) * imageChannels;
            const filterAt = (kh * filterWidth + kw) * filterChannels * outputChannels;
            visit(imageAt, filterAt, outputAt);
          }
        }
      }
    }
  }
}

type Shape4 = readonly [number, number, number, number];

/** Channel counts of one group. */
function groupSizes({ filter, output, attributes: { groups } }: Geometry) {
  const inputs = filter[2] as number;
  const outputs = output[3] as number;
  return { groups, inputs, outputs, perGroup: outputs / groups };
}

const addToOutput: Accumulate = (geometry, image, filter, output) => {
  const { groups, inputs, outputs, perGroup } = groupSizes(geometry);
  forEachTap(geometry, (imageAt, filterAt, outputAt) => {
    for (let group = 0; group < groups; group++) {
      const to = outputAt + group * perGroup;
      for (let i = 0; i < inputs; i++) {
        const x = image[imageAt + group * inputs + i] as number;
        const w = filterAt + i * outputs + group * perGroup;
        for (let o = 0; o < perGroup; o++) {
          output[to + o] = (output[to + o] as number) + x * (filter[w + o] as number);
        }
      }
    }
  });
};

const addToImage: Accumulate = (geometry, image, filter, output) => {
  const { groups, inputs, outputs, perGroup } = groupSizes(geometry);
  forEachTap(geometry, (imageAt, filterAt, outputAt) => {
    for (let group = 0; group < groups; group++) {
      const from = outputAt + group * perGroup;
      for (let i = 0; i < inputs; i++) {
        const w = filterAt + i * outputs + group * perGroup;
        let sum = 0;
        for (let o = 0; o < perGroup; o++) {
          sum += (output[from + o] as number) * (filter[w + o] as number);
        }
        const to = imageAt + group * inputs + i;
        image[to] = (image[to] as number) + sum;
      }
    }
  });
};

const addToFilter: Accumulate = (geometry, image, filter, output) => {
  const { groups, inputs, outputs, perGroup } = groupSizes(geometry);
  forEachTap(geometry, (imageAt, filterAt, outputAt) => {
    for (let group = 0; group < groups; group++) {
      const from = outputAt + group * perGroup;
      for (let i = 0; i < inputs; i++) {
        const x = image[imageAt + group * inputs + i] as number;
        const to = filterAt + i * outputs + group * perGroup;
        for (let o = 0; o < perGroup; o++) {
          filter[to + o] = (filter[to + o] as number) + x * (output[from + o] as number);
        }
      }
    }
  });
};

type Convolution = 'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient';

/** Kernels of convolution and its gradients. */
export const convolutionKernels: KernelsOf<Convolution & keyof ConvolutionOperatorsV1> = {
  conv2d: ({ inputs, shape, attributes }) => {
    const image = operandAt(inputs, 0);
    const filter = operandAt(inputs, 1);
    const output = new Float64Array(sizeOf(shape));
    const geometry = { image: image.shape, filter: filter.shape, output: shape, attributes };
    addToOutput(geometry, image.data, filter.data, output);
    return output;
  },
  conv2dInputGradient: ({ inputs, shape, attributes }) => {
    const output = operandAt(inputs, 0);
    const filter = operandAt(inputs, 1);
    const image = new Float64Array(sizeOf(shape));
    const geometry = { image: shape, filter: filter.shape, output: output.shape, attributes };
    addToImage(geometry, image, filter.data, output.data);
    return image;
  },
  conv2dFilterGradient: ({ inputs, shape, attributes }) => {
    const image = operandAt(inputs, 0);
    const output = operandAt(inputs, 1);
    const filter = new Float64Array(sizeOf(shape));
    const geometry = { image: image.shape, filter: shape, output: output.shape, attributes };
    addToFilter(geometry, image.data, filter, output.data);
    return filter;
  },
};
