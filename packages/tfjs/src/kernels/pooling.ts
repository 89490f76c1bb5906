import type { ConvolutionOperatorsV1, PoolingAttributes } from '@etalon/spec';
import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import type { KernelsOf, KernelTraits } from './kernel.ts';
import { float, operandAt } from './kernel.ts';
import { slice } from './movement.ts';
import { hasNonFinite } from './non-finite.ts';
import type { Geometry } from './windows.ts';
import { firstMaxima, forEachWindow } from './windows.ts';

/** Images have four axes. */
const IMAGE_RANK = 4;

const loop: KernelTraits = { dtypes: float, maximumRank: IMAGE_RANK, kind: () => 'loop' };

function pool(
  scope: Scope,
  name: 'AvgPool' | 'MaxPool',
  x: TfjsTensor,
  { windowSize, strides, padding }: PoolingAttributes,
): TfjsTensor {
  return scope.run(
    name,
    { x },
    {
      filterSize: [...windowSize],
      strides: [...strides],
      pad: [[0, 0], [...padding[0]], [...padding[1]], [0, 0]],
    },
  );
}

/** A window of one pixel picks pixels; XNNPACK, which `wasm` pools by, refuses it. */
function isSinglePixel({ windowSize }: PoolingAttributes): boolean {
  return windowSize[0] === 1 && windowSize[1] === 1;
}

function pickPixels(
  scope: Scope,
  x: TfjsTensor,
  { strides }: PoolingAttributes,
  shape: readonly number[],
): TfjsTensor {
  return slice(scope, x, {
    starts: [0, 0, 0, 0],
    sizes: shape,
    steps: [1, ...strides, 1],
  });
}

/** Picks, from an image, the element at the place of each window's first maximum in another. */
function pickMaxima(scope: Scope, x: TfjsTensor, from: TfjsTensor, geometry: Geometry): TfjsTensor {
  const result = scope.allocate('float32', geometry.output);
  const to = scope.view(result);
  const picked = scope.view(from);
  firstMaxima(scope.view(x) as Float32Array, geometry, (output, place) => {
    to[output] = picked[place] as number;
  });
  return result;
}

function averageWindows(scope: Scope, x: TfjsTensor, geometry: Geometry): TfjsTensor {
  const result = scope.allocate('float32', geometry.output);
  const to = scope.view(result);
  const from = scope.view(x);
  forEachWindow(geometry, (output, { first, rows, columns, rowStride, channels }) => {
    for (let channel = 0; channel < channels; channel += 1) {
      let total = 0;
      for (let row = 0; row < rows; row += 1) {
        const start = first + row * rowStride + channel;
        for (let column = 0; column < columns; column += 1) {
          total += from[start + column * channels] as number;
        }
      }
      to[output + channel] = total / (rows * columns);
    }
  });
  return result;
}

/** Rows of pooling; gradients are loops, since the kernels' differ at ties, NaN and padding. */
export const poolingKernels: Omit<
  KernelsOf<keyof ConvolutionOperatorsV1>,
  'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient'
> = {
  averagePool2d: {
    dtypes: float,
    maximumRank: IMAGE_RANK,
    kind: () => 'native',
    run: ({ scope, inputs, attributes, shape }) => {
      const x = operandAt(inputs, 0);
      if (isSinglePixel(attributes)) return pickPixels(scope, x, attributes, shape);
      // XNNPACK clamps to [-∞, ∞], which makes -∞ of NaN.
      if (scope.engine === 'wasm' && hasNonFinite(scope, x)) {
        return averageWindows(scope, x, { image: x.shape, output: shape, attributes });
      }
      return pool(scope, 'AvgPool', x, attributes);
    },
  },
  averagePool2dGradient: {
    ...loop,
    run: ({ scope, inputs, attributes, shape }) => {
      const dy = operandAt(inputs, 0);
      const result = scope.allocate('float32', shape);
      const to = scope.view(result);
      const from = scope.view(dy);
      to.fill(0);
      forEachWindow({ image: shape, output: dy.shape, attributes }, (output, window) => {
        const { channels, rowStride } = window;
        const share = 1 / (window.rows * window.columns);
        for (let row = 0; row < window.rows; row += 1) {
          let at = window.first + row * rowStride;
          for (let column = 0; column < window.columns; column += 1) {
            for (let channel = 0; channel < channels; channel += 1, at += 1) {
              to[at] = (to[at] as number) + (from[output + channel] as number) * share;
            }
          }
        }
      });
      return result;
    },
  },
  maxPool2d: {
    dtypes: float,
    maximumRank: IMAGE_RANK,
    kind: () => 'native',
    run: ({ scope, inputs, attributes, shape }) => {
      const x = operandAt(inputs, 0);
      if (isSinglePixel(attributes)) return pickPixels(scope, x, attributes, shape);
      // The kernels pass over NaN.
      if (!hasNonFinite(scope, x)) return pool(scope, 'MaxPool', x, attributes);
      return pickMaxima(scope, x, x, { image: x.shape, output: shape, attributes });
    },
  },
  maxPool2dGradient: {
    ...loop,
    run: ({ scope, inputs, attributes, shape }) => {
      const x = operandAt(inputs, 0);
      const dy = operandAt(inputs, 1);
      const result = scope.allocate('float32', shape);
      const to = scope.view(result);
      const from = scope.view(dy);
      to.fill(0);
      const geometry = { image: shape, output: dy.shape, attributes };
      firstMaxima(scope.view(x) as Float32Array, geometry, (output, place) => {
        to[place] = (to[place] as number) + (from[output] as number);
      });
      return result;
    },
  },
  maxPool2dSelect: {
    ...loop,
    run: ({ scope, inputs, attributes, shape }) => {
      const x = operandAt(inputs, 0);
      return pickMaxima(scope, x, operandAt(inputs, 1), {
        image: x.shape,
        output: shape,
        attributes,
      });
    },
  },
};
