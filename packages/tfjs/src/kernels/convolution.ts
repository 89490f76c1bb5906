import type { ConvolutionAttributes, ConvolutionOperatorsV1 } from '@etalon/spec';
import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import type { Motion } from './image.ts';
import { flipFilter, scatterTaps, spread } from './image.ts';
import type { KernelCall, KernelsOf } from './kernel.ts';
import { float, operandAt } from './kernel.ts';
import { concat, slice, transpose } from './movement.ts';
import { hasNonFinite } from './non-finite.ts';

type Convolution = 'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient';

/** Images and filters have four axes. */
const IMAGE_RANK = 4;

type Sizes = readonly [number, number, number, number];

function convolve(scope: Scope, x: TfjsTensor, filter: TfjsTensor, motion: Motion): TfjsTensor {
  const isCropped = motion.padding.flat().some((pad) => pad < 0);
  // Cropping is left to the copy that also inserts zeros; the kernel then pads nothing.
  const image = isCropped ? spread(scope, x, { factors: [1, 1], padding: motion.padding }) : x;
  const [vertical, horizontal] = isCropped
    ? ([
        [0, 0],
        [0, 0],
      ] as const)
    : motion.padding;
  return scope.run(
    'Conv2D',
    { x: image, filter },
    {
      strides: [...motion.strides],
      dilations: [...motion.dilations],
      pad: [[0, 0], [...vertical], [...horizontal], [0, 0]],
      dataFormat: 'NHWC',
    },
  );
}

/**
 * Splits the last axes into groups, which the engines' kernels do not know, and joins the results along theirs: of image, filter
 * and both gradients the channels that groups divide come last.
 */
function byGroup(
  { scope, inputs, shape }: Pick<KernelCall<Convolution>, 'scope' | 'inputs' | 'shape'>,
  groups: number,
  compute: (a: TfjsTensor, b: TfjsTensor) => TfjsTensor,
): TfjsTensor {
  const a = operandAt(inputs, 0);
  const b = operandAt(inputs, 1);
  if (groups === 1) return compute(a, b);
  const results = Array.from({ length: groups }, (_, group) =>
    compute(partOf(scope, a, group, groups), partOf(scope, b, group, groups)),
  );
  return concat(scope, results, IMAGE_RANK - 1, shape);
}

function partOf(scope: Scope, x: TfjsTensor, group: number, groups: number): TfjsTensor {
  const sizes = x.shape.with(-1, (x.shape.at(-1) ?? groups) / groups);
  return slice(scope, x, {
    starts: [0, 0, 0, group * (sizes.at(-1) ?? 0)],
    sizes,
    steps: [1, 1, 1, 1],
  });
}

/**
 * The image's gradient: the output gradient, spread by the strides, convolved with the filter turned around and its
 * channels exchanged. The kernel made for it takes ten times as long on `wasm`.
 */
function inputGradient(
  scope: Scope,
  dy: TfjsTensor,
  filter: TfjsTensor,
  { strides, dilations, padding }: ConvolutionAttributes,
  inputSize: readonly [number, number],
): TfjsTensor {
  const [, height, width] = dy.shape as unknown as Sizes;
  const pads = ([height, width] as const).map((size, axis) => {
    const reach = (dilations[axis] ?? 1) * ((filter.shape[axis] ?? 1) - 1);
    const before = reach - (padding[axis]?.[0] ?? 0);
    const spreadSize = (size - 1) * (strides[axis] ?? 1) + 1;
    return [before, (inputSize[axis] ?? 0) + reach - before - spreadSize] as const;
  }) as unknown as Motion['padding'];
  const isSpread = strides.some((stride) => stride !== 1);
  // The zeros between the pixels would make NaN of an infinite tap.
  if (isSpread && hasNonFinite(scope, filter)) {
    return scatterTaps(scope, dy, filter, { strides, dilations, padding }, inputSize);
  }
  const image = isSpread ? spread(scope, dy, { factors: strides, padding: pads }) : dy;
  const none = [
    [0, 0],
    [0, 0],
  ] as const;
  return convolve(scope, image, flipFilter(scope, filter), {
    strides: [1, 1],
    dilations,
    padding: isSpread ? none : pads,
  });
}

/**
 * The filter's gradient: the image convolved with the output gradient, batch and channels exchanged in both, so that
 * strides and dilations exchange too. `wasm` has no kernel for it; that of `cpu` takes five times as long.
 */
function filterGradient(
  scope: Scope,
  x: TfjsTensor,
  dy: TfjsTensor,
  { strides, dilations, padding }: ConvolutionAttributes,
  filterSize: readonly [number, number],
): TfjsTensor {
  const pads = ([0, 1] as const).map((axis) => {
    const before = padding[axis][0];
    const reach = ((dy.shape[axis + 1] ?? 1) - 1) * strides[axis] + 1;
    // What the filter's last tap needs and no more: the strides may leave pixels over.
    const needed = (filterSize[axis] - 1) * dilations[axis] + reach;
    return [before, needed - before - (x.shape[axis + 1] ?? 0)] as const;
  }) as unknown as Motion['padding'];
  const image = transpose(scope, x, [3, 1, 2, 0]);
  const taps = transpose(scope, dy, [1, 2, 0, 3]);
  const result = convolve(scope, image, taps, {
    strides: dilations,
    dilations: strides,
    padding: pads,
  });
  return transpose(scope, result, [1, 2, 0, 3]);
}

const row = { dtypes: float, maximumRank: IMAGE_RANK } as const;

/** Rows of convolution and its gradients. */
export const convolutionKernels: Pick<KernelsOf<keyof ConvolutionOperatorsV1>, Convolution> = {
  conv2d: {
    ...row,
    kind: () => 'native',
    run: (call) =>
      byGroup(call, call.attributes.groups, (x, filter) =>
        convolve(call.scope, x, filter, call.attributes),
      ),
  },
  conv2dInputGradient: {
    ...row,
    kind: () => 'decomposed',
    run: (call) => {
      const [, height = 1, width = 1] = call.shape;
      return byGroup(call, call.attributes.groups, (dy, filter) =>
        inputGradient(call.scope, dy, filter, call.attributes, [height, width]),
      );
    },
  },
  conv2dFilterGradient: {
    ...row,
    kind: () => 'decomposed',
    run: (call) =>
      byGroup(call, call.attributes.groups, (x, dy) =>
        filterGradient(call.scope, x, dy, call.attributes, call.attributes.filterSize),
      ),
  },
};
