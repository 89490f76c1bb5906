import type { ConvolutionOperatorsV1, PoolingAttributes } from '@etalon/spec';
import { sizeOf } from '../tensor.ts';
import type { KernelsOf } from './kernel.ts';
import { operandAt } from './kernel.ts';

/** A pooling over one image: NHWC shapes of both sides. */
export interface PoolingGeometry {
  readonly image: readonly number[];
  readonly output: readonly number[];
  readonly attributes: PoolingAttributes;
}

/**
 * Calls `visit` for every element of the pooled image, in row-major order, with the offsets in the image
 * of the elements that its window covers, also in row-major order. The array is reused between calls;
 * `count` says how much of it is filled.
 */
export function forEachWindow(
  { image, output, attributes }: PoolingGeometry,
  visit: (outputAt: number, window: Int32Array, count: number) => void,
): void {
  const [batch, imageHeight, imageWidth, channels] = image as Shape4;
  const [, outputHeight, outputWidth] = output as Shape4;
  const { windowSize, strides, padding } = attributes;
  const window = new Int32Array(windowSize[0] * windowSize[1]);
  let outputAt = 0;
  for (let n = 0; n < batch; n++) {
    for (let oh = 0; oh < outputHeight; oh++) {
      const top = oh * strides[0] - padding[0][0];
      const bottom = Math.min(top + windowSize[0], imageHeight);
      for (let ow = 0; ow < outputWidth; ow++) {
        const left = ow * strides[1] - padding[1][0];
        const right = Math.min(left + windowSize[1], imageWidth);
        for (let channel = 0; channel < channels; channel++) {
          let count = 0;
          for (let ih = Math.max(top, 0); ih < bottom; ih++) {
            for (let iw = Math.max(left, 0); iw < right; iw++) {
              window[count++] = ((n * imageHeight + ih) * imageWidth + iw) * channels + channel;
            }
          }
          visit(outputAt++, window, count);
        }
      }
    }
  }
}

type Shape4 = readonly [number, number, number, number];

/**
 * Returns the offset in the image of each window's first maximum; the first NaN counts as the maximum. -1
 * for a window that covers nothing, which only an empty image has.
 */
export function firstMaxima(image: Float64Array, geometry: PoolingGeometry): Int32Array {
  const maxima = new Int32Array(sizeOf(geometry.output));
  forEachWindow(geometry, (outputAt, window, count) => {
    let at = -1;
    let best = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const candidate = window[i] as number;
      const x = image[candidate] as number;
      if (at < 0 || x > best || (Number.isNaN(x) && !Number.isNaN(best))) {
        at = candidate;
        best = x;
      }
    }
    maxima[outputAt] = at;
  });
  return maxima;
}

function pick(from: Float64Array, maxima: Int32Array): Float64Array {
  const result = new Float64Array(maxima.length);
  for (let i = 0; i < maxima.length; i++) result[i] = from[maxima[i] as number] as number;
  return result;
}

type Pooling = Exclude<
  keyof ConvolutionOperatorsV1,
  'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient'
>;

/** Kernels of pooling and its gradients. */
export const poolingKernels: KernelsOf<Pooling> = {
  averagePool2d: ({ inputs, shape, attributes }) => {
    const image = operandAt(inputs, 0);
    const result = new Float64Array(sizeOf(shape));
    forEachWindow({ image: image.shape, output: shape, attributes }, (at, window, count) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += image.data[window[i] as number] as number;
      result[at] = sum / count;
    });
    return result;
  },
  averagePool2dGradient: ({ inputs, shape, attributes }) => {
    const output = operandAt(inputs, 0);
    const result = new Float64Array(sizeOf(shape));
    forEachWindow({ image: shape, output: output.shape, attributes }, (at, window, count) => {
      const share = (output.data[at] as number) / count;
      for (let i = 0; i < count; i++) {
        const to = window[i] as number;
        result[to] = (result[to] as number) + share;
      }
    });
    return result;
  },
  maxPool2d: ({ inputs, shape, attributes }) => {
    const image = operandAt(inputs, 0);
    return pick(
      image.data,
      firstMaxima(image.data, { image: image.shape, output: shape, attributes }),
    );
  },
  maxPool2dGradient: ({ inputs, attributes }) => {
    const image = operandAt(inputs, 0);
    const output = operandAt(inputs, 1);
    const geometry = { image: image.shape, output: output.shape, attributes };
    const result = new Float64Array(image.data.length);
    firstMaxima(image.data, geometry).forEach((to, at) => {
      if (to >= 0) result[to] = (result[to] as number) + (output.data[at] as number);
    });
    return result;
  },
  maxPool2dSelect: ({ inputs, shape, attributes }) => {
    const image = operandAt(inputs, 0);
    const other = operandAt(inputs, 1);
    return pick(
      other.data,
      firstMaxima(image.data, { image: image.shape, output: shape, attributes }),
    );
  },
};
