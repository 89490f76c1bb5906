import { dimensionsEqual, shapesEqual } from '@etalon/compiler';
import type { MovementOperatorsV1, Shape } from '@etalon/spec';
import type { ImageLayout } from './lowered-value.ts';
import {
  channelsFirstShape,
  permute,
  TO_CHANNELS_FIRST,
  TO_CHANNELS_LAST,
} from './lowered-value.ts';
import type { LoweringContext, LoweringsOf } from './lowering.ts';
import { channelsFirst, operand, rowMajor } from './lowering.ts';
import { slice } from './slices.ts';

/** Lowerings of the operators that move elements. */
export const movementLowerings: LoweringsOf<keyof MovementOperatorsV1> = {
  identity: (context) => operand(context, 0),

  reshape: (context) => {
    const x = operand(context, 0);
    if (shapesEqual(x.type.shape, context.attributes.shape)) return x;
    return rowMajor(context.sizes.reshape(x.rowMajor(), x.type.shape, context.attributes.shape));
  },

  transpose: (context) => {
    const x = operand(context, 0);
    const { permutation } = context.attributes;
    if (isIdentity(permutation)) return x;
    if (!x.isChannelsFirst) return rowMajor(transpose(context, x.rowMajor(), permutation));
    // One transposition does both; images that stay images keep their layout.
    const keepsLayout = permutation[0] === 0 && permutation[3] === 3;
    const order = keepsLayout ? permute(permutation, TO_CHANNELS_FIRST) : permutation;
    const tensor = transpose(
      context,
      x.channelsFirst(),
      order.map((axis) => TO_CHANNELS_LAST[axis] ?? axis),
    );
    return keepsLayout ? channelsFirst(tensor) : rowMajor(tensor);
  },

  expand: (context) => {
    const x = operand(context, 0);
    const { shape } = context.attributes;
    if (shapesEqual(x.type.shape, shape)) return x;
    // Expand broadcasts both ways: where the operand has the size already, 1 will do.
    const lead = shape.length - x.type.shape.length;
    const target = shape.map((size, axis) =>
      dimensionsEqual(size, x.type.shape[axis - lead] ?? -1) ? 1 : size,
    );
    const { emitter, sizes } = context;
    if (x.isChannelsFirst && lead === 0) {
      const spread = sizes.vector(channelsFirstShape(target));
      return channelsFirst(emitter.emit('Expand', [x.channelsFirst(), spread]));
    }
    return rowMajor(emitter.emit('Expand', [x.rowMajor(), sizes.vector(target)]));
  },

  concat: (context) => {
    const { emitter, inputs, attributes } = context;
    const [only] = inputs;
    if (only !== undefined && inputs.length === 1) return only;
    if (!inputs.some((value) => value.isChannelsFirst)) {
      const tensors = inputs.map((value) => value.rowMajor());
      return rowMajor(emitter.emit('Concat', tensors, { axis: attributes.axis }));
    }
    const tensors = inputs.map((value) => value.channelsFirst());
    const axis = TO_CHANNELS_LAST[attributes.axis] ?? attributes.axis;
    return channelsFirst(emitter.emit('Concat', tensors, { axis }));
  },

  slice: (context) => {
    const { starts, sizes, strides } = context.attributes;
    const { tensor, shape, axes, layout } = movable(context);
    const parts = axes.map((source, axis) => ({
      axis,
      start: starts[source] ?? 0,
      size: sizes[source] ?? shape[axis] ?? 0,
      stride: strides[source] ?? 1,
    }));
    const sliced = slice(context.emitter, context.sizes, tensor, shape, parts);
    return sliced === tensor ? operand(context, 0) : { tensor: sliced, layout };
  },

  pad: (context) => {
    const { emitter, sizes, attributes, output } = context;
    const { before, after, value } = attributes;
    if ([...before, ...after].every((count) => count === 0)) return operand(context, 0);
    const { tensor, axes, layout } = movable(context);
    const pads = [...permute(before, axes), ...permute(after, axes)];
    const border = emitter.constant(output.dtype, [value], 0);
    return { tensor: emitter.emit('Pad', [tensor, sizes.vector(pads), border]), layout };
  },
};

function isIdentity(permutation: readonly number[]): boolean {
  return permutation.every((axis, index) => axis === index);
}

function transpose(
  { emitter }: LoweringContext<'transpose'>,
  tensor: string,
  permutation: readonly number[],
): string {
  if (isIdentity(permutation)) return tensor;
  return emitter.emit('Transpose', [tensor], { perm: permutation });
}

/**
 * Returns the operand in the layout that it exists in; `axes` lists, for each axis of the tensor, the axis
 * of the program's value.
 */
function movable(context: LoweringContext<'slice' | 'pad'>): {
  readonly tensor: string;
  readonly shape: Shape;
  readonly axes: readonly number[];
  readonly layout: ImageLayout;
} {
  const value = operand(context, 0);
  const { shape } = value.type;
  if (value.isChannelsFirst) {
    return {
      tensor: value.channelsFirst(),
      shape: channelsFirstShape(shape),
      axes: TO_CHANNELS_FIRST,
      layout: 'channelsFirst',
    };
  }
  const axes = shape.map((_, axis) => axis);
  return { tensor: value.rowMajor(), shape, axes, layout: 'rowMajor' };
}
