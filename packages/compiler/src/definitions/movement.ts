import type { Dimension, MovementOperatorsV1, Shape, ValueType } from '@etalon/spec';
import { AttributeError, ShapeError } from '@etalon/spec';
import {
  addDimensions,
  dimensionsEqual,
  elementCount,
  multiplyDimensions,
  shapesEqual,
  subtractDimensions,
} from '../dimension/index.ts';
import { filledConstant } from '../operators/indexing.ts';
import { concat, pad, reshape, slice, transpose } from '../operators/movement.ts';
import { formatShape, formatType } from '../program/format-type.ts';
import { holds } from '../program/holds.ts';
import type { Tensor } from '../tracing/tensor.ts';
import type { DefinitionsOf } from './definition.ts';
import { sumOfLinear } from './iteration-sums.ts';
import { flattenConcat, mergeReshapes, mergeTransposes } from './simplify-rules.ts';
import {
  requireAxis,
  requireExpandable,
  requireInteger,
  requireNumber,
  requireSameDType,
} from './type-rules.ts';

function requireOnePerAxis(x: ValueType, list: readonly unknown[], name: string): void {
  if (list.length === x.shape.length) return;
  throw new AttributeError(
    'ATTRIBUTE_PER_AXIS',
    `${name} must have one entry per axis, got ${list.length} for ${formatType(x)}.`,
  );
}

function requireNonNegative(sizes: Shape, name: string): void {
  for (const size of sizes) {
    if (typeof size === 'number') requireInteger(size, 0, name);
  }
}

function concatType(types: readonly [ValueType, ...ValueType[]], axis: number): ValueType {
  const [first] = types;
  requireAxis(axis, first);
  let joined: Dimension = 0;
  for (const type of types) {
    requireSameDType(first, type);
    const fits =
      type.shape.length === first.shape.length &&
      type.shape.every((size, at) => at === axis || dimensionsEqual(size, first.shape[at] ?? -1));
    if (!fits) {
      throw new ShapeError(
        'SHAPE_CONCAT',
        `operands must agree outside axis ${axis}, got ${types.map(formatType).join(', ')}.`,
      );
    }
    joined = addDimensions(joined, type.shape[axis] ?? 0);
  }
  return {
    dtype: first.dtype,
    shape: first.shape.map((size, at) => (at === axis ? joined : size)),
  };
}

// Zeros between and after the elements of one axis: each becomes `stride` elements.
function dilate(x: Tensor, axis: number, stride: number): Tensor {
  if (stride === 1) return x;
  const size = x.shape[axis] ?? 1;
  const split: Shape = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
  const spread = pad(reshape(x, split), {
    before: split.map(() => 0),
    after: split.map((_, at) => (at === axis + 1 ? stride - 1 : 0)),
  });
  return reshape(
    spread,
    x.shape.map((other, at) => (at === axis ? multiplyDimensions(size, stride) : other)),
  );
}

// The adjoint of a slice: its elements back at their places in `shape`, zeros elsewhere.
function unslice(
  elements: Tensor,
  shape: Shape,
  starts: Shape,
  strides: readonly number[],
): Tensor {
  const dilated = strides.reduce((x, stride, axis) => dilate(x, axis, stride), elements);
  // The zeros after the last element reach up to stride - 1 past the shape: room for them first, then a cut.
  // Which of the two is longer may hang on sizes that are not known yet.
  const padded = pad(dilated, {
    before: starts,
    after: dilated.shape.map((size, axis) => {
      const end = addDimensions(starts[axis] ?? 0, size);
      const room = addDimensions(shape[axis] ?? 0, (strides[axis] ?? 1) - 1);
      return subtractDimensions(room, end);
    }),
  });
  return shapesEqual(padded.shape, shape)
    ? padded
    : slice(padded, { starts: shape.map(() => 0), sizes: shape });
}

/** Definitions of data movement: none of them computes. */
export const movementDefinitions: DefinitionsOf<keyof MovementOperatorsV1> = {
  identity: {
    kind: 'core',
    rearranges: true,
    type: ([x]) => x,
    gradient: ({ outputGradient: dy }) => [dy],
    sumOverIterations: sumOfLinear((sum) => sum),
    simplify: ({ inputs: [x] }) => x,
  },
  reshape: {
    kind: 'core',
    rearranges: true,
    type: ([x], { shape }) => {
      requireNonNegative(shape, 'shape');
      if (!dimensionsEqual(elementCount(x.shape), elementCount(shape))) {
        throw new ShapeError(
          'SHAPE_RESHAPE_COUNT',
          `cannot turn ${formatType(x)} into ${formatShape(shape)}: the numbers of elements differ or cannot be shown equal.`,
        );
      }
      return { dtype: x.dtype, shape };
    },
    gradient: ({ inputs: [x], outputGradient: dy }) => [reshape(dy, x.shape)],
    sumOverIterations: sumOfLinear((sum, { shape }) => reshape(sum, shape)),
    simplify: mergeReshapes,
    mapDimensions: ({ shape }, map) => ({ shape: shape.map(map) }),
  },
  transpose: {
    kind: 'core',
    rearranges: true,
    type: ([x], { permutation }) => {
      requireOnePerAxis(x, permutation, 'permutation');
      if (new Set(permutation).size !== permutation.length) {
        throw new AttributeError(
          'ATTRIBUTE_PERMUTATION',
          `permutation must name each axis once, got [${permutation.join(', ')}].`,
        );
      }
      for (const axis of permutation) requireAxis(axis, x, 'permutation axis');
      return { dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis] ?? 1) };
    },
    gradient: ({ attributes: { permutation }, outputGradient: dy }) => [
      transpose(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ],
    sumOverIterations: sumOfLinear((sum, { permutation }) => transpose(sum, permutation)),
    simplify: mergeTransposes,
  },
  expand: {
    kind: 'core',
    rearranges: true,
    type: ([x], { shape }) => {
      requireNonNegative(shape, 'shape');
      requireExpandable(x, shape);
      return { dtype: x.dtype, shape };
    },
    gradient: ({ outputGradient: dy }) => [dy],
    simplify: ({ inputs: [x], output }) => (shapesEqual(x.shape, output.shape) ? x : undefined),
    mapDimensions: ({ shape }, map) => ({ shape: shape.map(map) }),
  },
  concat: {
    kind: 'core',
    type: (types, { axis }) => concatType(types, axis),
    gradient: ({ inputs, attributes: { axis }, outputGradient: dy }) => {
      let start: Dimension = 0;
      const part = (x: Tensor): Tensor => {
        const starts = x.shape.map((_, at) => (at === axis ? start : 0));
        start = addDimensions(start, x.shape[axis] ?? 0);
        return slice(dy, { starts, sizes: x.shape });
      };
      const [first, ...rest] = inputs;
      return [part(first), ...rest.map(part)];
    },
    simplify: flattenConcat,
    whenEmpty: ({ inputs, attributes: { axis } }) =>
      concat(
        inputs.filter((x) => x.shape[axis] !== 0),
        { axis },
      ),
  },
  slice: {
    kind: 'core',
    rearranges: true,
    type: ([x], { starts, sizes, strides }) => {
      requireOnePerAxis(x, starts, 'starts');
      requireOnePerAxis(x, sizes, 'sizes');
      requireOnePerAxis(x, strides, 'strides');
      for (const stride of strides) requireInteger(stride, 1, 'strides');
      requireNonNegative(starts, 'starts');
      requireNonNegative(sizes, 'sizes');
      x.shape.forEach((size, axis) => {
        const count = sizes[axis] ?? 0;
        // just past the last element, which is (count - 1)·stride after the first
        const span = multiplyDimensions(addDimensions(count, -1), strides[axis] ?? 1);
        const length = count === 0 ? 0 : addDimensions(span, 1);
        const end = addDimensions(starts[axis] ?? 0, length);
        const room = subtractDimensions(size, end);
        if (typeof room === 'number' && room < 0) {
          throw new ShapeError(
            'SHAPE_SLICE_RANGE',
            `the slice leaves axis ${axis}, got starts ${formatShape(starts)}, sizes ${formatShape(sizes)}, strides [${strides.join(', ')}] of ${formatType(x)}.`,
          );
        }
      });
      return { dtype: x.dtype, shape: sizes };
    },
    gradient: ({ inputs: [x], attributes: { starts, strides }, outputGradient: dy }) => [
      unslice(dy, x.shape, starts, strides),
    ],
    sumOverIterations: sumOfLinear((sum, attributes) => slice(sum, attributes)),
    simplify: ({ inputs: [x], attributes: { starts, sizes, strides } }) => {
      const isWhole =
        starts.every((start) => start === 0) &&
        strides.every((stride) => stride === 1) &&
        shapesEqual(sizes, x.shape);
      return isWhole ? x : undefined;
    },
    mapDimensions: ({ starts, sizes, strides }, map) => ({
      starts: starts.map(map),
      sizes: sizes.map(map),
      strides,
    }),
  },
  pad: {
    kind: 'core',
    type: ([x], { before, after, value }) => {
      requireOnePerAxis(x, before, 'before');
      requireOnePerAxis(x, after, 'after');
      requireNonNegative(before, 'before');
      requireNonNegative(after, 'after');
      requireNumber(value, 'value');
      if (!holds(x.dtype, value)) {
        throw new AttributeError(
          'ATTRIBUTE_PAD_VALUE',
          `value must be a number that ${x.dtype} holds, got ${value} for ${formatType(x)}.`,
        );
      }
      return {
        dtype: x.dtype,
        shape: x.shape.map((size, axis) =>
          addDimensions(size, addDimensions(before[axis] ?? 0, after[axis] ?? 0)),
        ),
      };
    },
    gradient: ({ inputs: [x], attributes: { before }, outputGradient: dy }) => [
      slice(dy, { starts: before, sizes: x.shape }),
    ],
    whenEmpty: ({ attributes, output }) => filledConstant(output, attributes.value),
    mapDimensions: ({ before, after, value }, map) => ({
      before: before.map(map),
      after: after.map(map),
      value,
    }),
  },
};
