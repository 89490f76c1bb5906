import { dimensionsEqual, elementCount, multiplyDimensions } from '@etalon/compiler';
import type { Dimension, IndexingOperatorsV1 } from '@etalon/spec';
import { dataTypes } from '../codec/element-types.ts';
import { TO_CHANNELS_LAST } from './lowered-value.ts';
import type { LoweringContext, LoweringsOf } from './lowering.ts';
import { channelsFirst, operand, rowMajor } from './lowering.ts';

/** Lowerings of the operators that look up by index, and of shapes as values. */
export const indexingLowerings: LoweringsOf<keyof IndexingOperatorsV1> = {
  gather: (context) => {
    const { emitter, attributes } = context;
    const x = operand(context, 0);
    const index = operand(context, 1);
    if (x.isChannelsFirst && index.type.shape.length === 1) {
      const axis = TO_CHANNELS_LAST[attributes.axis] ?? attributes.axis;
      return channelsFirst(emitter.emit('Gather', [x.channelsFirst(), index.rowMajor()], { axis }));
    }
    const tensors = [x.rowMajor(), index.rowMajor()];
    return rowMajor(emitter.emit('Gather', tensors, { axis: attributes.axis }));
  },

  scatterAdd: (context) => {
    const { sizes, attributes, output } = context;
    const indices = operand(context, 0);
    const updates = operand(context, 1);
    const count = elementCount(indices.type.shape);
    const width = elementCount(output.shape.slice(1));
    const rows = sizes.reshape(updates.rowMajor(), updates.type.shape, [count, width]);
    const flat = sizes.reshape(indices.rowMajor(), indices.type.shape, [count]);
    if (dimensionsEqual(width, 1)) {
      const scalars = sizes.reshape(rows, [count, width], [count]);
      const sums = scatter(context, [attributes.size], {
        indices: flat,
        updates: scalars,
        axis: 0,
      });
      return rowMajor(sizes.reshape(sums, [attributes.size], output.shape));
    }
    const sums = sumRows(context, rows, flat, width);
    return rowMajor(sizes.reshape(sums, [attributes.size, width], output.shape));
  },

  dimensionSize: ({ emitter, sizes, attributes }) => {
    const { dimension } = attributes;
    if (typeof dimension === 'number') return rowMajor(emitter.int32(dimension));
    const size = emitter.emit('Cast', [sizes.single(dimension)], { to: dataTypes.int32 });
    return rowMajor(emitter.emit('Squeeze', [size]));
  },
};

/**
 * One-hot rows are multiplied up to this many: 8,192 rows of 128 into 65 took 1.9 ms so and 7.0 by
 * `ScatterElements`, into 300 rows 6.3 and 6.6 (ONNX Runtime 1.30, one thread; so below).
 */
const ONE_HOT_ROWS = 128;

/** Narrower rows do not repay the multiplication: 8,192 rows of 16 into 128 took 0.62 ms against 0.38. */
const ONE_HOT_WIDTH = 32;

/**
 * Up to this many sums, scattering along the last axis repays two transpositions: 8,192 rows of 128 into 5,000
 * took 6.3 ms instead of 12.4, but 512 rows of 64 into 20,000 1.0 instead of 0.5.
 */
const TRANSPOSED_SUMS = 2 ** 20;

function sumRows(
  context: LoweringContext<'scatterAdd'>,
  rows: string,
  indices: string,
  width: Dimension,
): string {
  const { emitter, sizes, attributes } = context;
  const { size } = attributes;
  if (isAtMost(size, ONE_HOT_ROWS) && !isAtMost(width, ONE_HOT_WIDTH - 1)) {
    const column = Array.from({ length: size }, (_, row) => row);
    const hit = emitter.emit('Equal', [
      emitter.emit('Unsqueeze', [emitter.constant('int32', column, 1), emitter.int64s([1])]),
      indices,
    ]);
    return emitter.emit('MatMul', [emitter.emit('Cast', [hit], { to: dataTypes.float32 }), rows]);
  }
  const spread = (axis: number, shape: readonly Dimension[]): string =>
    emitter.emit('Expand', [
      emitter.emit('Unsqueeze', [indices, emitter.int64s([axis])]),
      sizes.vector(shape),
    ]);
  if (isAtMost(multiplyDimensions(size, width), TRANSPOSED_SUMS)) {
    const updates = emitter.emit('Transpose', [rows], { perm: [1, 0] });
    const places = spread(0, [width, 1]);
    const sums = scatter(context, [width, size], { indices: places, updates, axis: 1 });
    return emitter.emit('Transpose', [sums], { perm: [1, 0] });
  }
  const places = spread(1, [1, width]);
  return scatter(context, [size, width], { indices: places, updates: rows, axis: 0 });
}

// Not ScatterND, whose addition is a data race in ONNX Runtime (its issue 23396).
function scatter(
  { emitter, sizes }: LoweringContext<'scatterAdd'>,
  shape: readonly Dimension[],
  { indices, updates, axis }: { indices: string; updates: string; axis: number },
): string {
  const zeros = emitter.emit('Expand', [emitter.float(0), sizes.vector(shape)]);
  const operands = [zeros, indices, updates];
  return emitter.emit('ScatterElements', operands, { axis, reduction: 'add' });
}

function isAtMost(size: Dimension, limit: number): size is number {
  return typeof size === 'number' && size <= limit;
}
