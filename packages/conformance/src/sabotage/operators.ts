import type { Tensor } from '@etalon/compiler';
import {
  abs,
  add,
  argMax,
  cast,
  div,
  emit,
  equal,
  exp,
  floor,
  gather,
  greater,
  indexRange,
  isNan,
  lesser,
  logicalAnd,
  matmul,
  mul,
  notEqual,
  pad,
  reduceSum,
  reshape,
  slice,
  sub,
  swapLastAxes,
  transpose,
  where,
} from '@etalon/compiler';
import type { ConvolutionAttributes, OperatorsV1 } from '@etalon/spec';
import type { Replaced, WrongOperators } from './rewrite.ts';
import { cropOrPad, fixedShape, operand } from './rewrite.ts';

/** Sums longer than this lose a term in one of the backends. */
const TILE = 128;

/** Smallest normal float32. */
const SMALLEST_NORMAL = 2 ** -126;

// Keeps 11 of float64's 53 bits, as many as float16 has (T. J. Dekker's splitting, 1971).
function toHalf(x: Tensor): Tensor {
  const large = add(mul(x, 2 ** 42), x);
  return sub(large, sub(large, x));
}

function bothAsFloats(inputs: readonly Tensor[]): readonly [Tensor, Tensor] {
  return [cast(operand(inputs, 0), 'float32'), cast(operand(inputs, 1), 'float32')];
}

function convolve(
  { inputs, right }: Replaced<'conv2d'>,
  attributes: ConvolutionAttributes,
): Tensor | undefined {
  const shape = fixedShape(right());
  const image = fixedShape(operand(inputs, 0));
  if (shape === undefined || image?.includes(0) !== false) return undefined;
  return cropOrPad(emit('conv2d', [operand(inputs, 0), operand(inputs, 1)], attributes), shape);
}

const unpadded = [
  [0, 0],
  [0, 0],
] as const;

// The image with a border of a number, pooled without padding.
function poolPadded<K extends 'maxPool2d' | 'averagePool2d'>(
  operator: K,
  { inputs, attributes }: Replaced<K>,
  border: number,
): Tensor {
  const { padding, windowSize, strides }: OperatorsV1['maxPool2d'] = attributes;
  const [[top, bottom], [left, right]] = padding;
  const bordered = pad(operand(inputs, 0), {
    before: [0, top, left, 0],
    after: [0, bottom, right, 0],
    value: border,
  });
  return emit<'maxPool2d'>(operator as 'maxPool2d', [bordered], {
    windowSize,
    strides,
    padding: unpadded,
  });
}

// Earlier updates of a slice are set to zero, so that the last one stands.
function keepLast(indices: Tensor, updates: Tensor): Tensor | undefined {
  const shape = fixedShape(updates);
  const [count] = fixedShape(indices) ?? [];
  if (shape === undefined || count === undefined || indices.shape.length !== 1) return undefined;
  const order = indexRange(count);
  const later = greater(reshape(order, [1, count]), reshape(order, [count, 1]));
  const same = equal(reshape(indices, [count, 1]), reshape(indices, [1, count]));
  const overwritten = reduceSum(cast(logicalAnd(later, same), 'float32'), { axes: 1 });
  const kept = cast(equal(overwritten, 0), 'float32');
  return mul(updates, reshape(kept, [count, ...shape.slice(1).map(() => 1)]));
}

/** Wrong numbers, by the name of the backend that gives them. */
export const wrongOperators: Readonly<Record<string, WrongOperators>> = {
  'transposed-matmul-operand': {
    matmul: ({ inputs }) => {
      const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
      const [rows, columns] = b.shape.slice(-2);
      return rows === columns ? matmul(a, swapLastAxes(b)) : undefined;
    },
  },
  'ignored-convolution-padding': {
    conv2d: (node) =>
      JSON.stringify(node.attributes.padding) === JSON.stringify(unpadded)
        ? undefined
        : convolve(node, { ...node.attributes, padding: [[...unpadded[0]], [...unpadded[1]]] }),
  },
  'swapped-convolution-strides': {
    conv2d: (node) => {
      const [height, width] = node.attributes.strides;
      return height === width
        ? undefined
        : convolve(node, { ...node.attributes, strides: [width, height] });
    },
  },
  'ignored-dilation': {
    conv2d: (node) => {
      const [height, width] = node.attributes.dilations;
      return height * width === 1
        ? undefined
        : convolve(node, { ...node.attributes, dilations: [1, 1] });
    },
  },
  'off-by-one-slice': {
    slice: ({ inputs, attributes }) =>
      slice(operand(inputs, 0), {
        ...attributes,
        starts: attributes.starts.map((start) =>
          typeof start === 'number' && start > 0 ? start - 1 : start,
        ),
      }),
  },
  'half-precision-sums': { matmul: ({ right }) => toHalf(right()) },
  'half-precision-in-loops': {
    matmul: ({ loops, right }) => (loops === 0 ? undefined : toHalf(right())),
  },
  'dropped-last-term': {
    matmul: ({ inputs }) => {
      const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
      const [left, terms] = [fixedShape(a), a.shape.at(-1)];
      const right = fixedShape(b);
      if (left === undefined || right === undefined) return undefined;
      if (typeof terms !== 'number' || terms <= TILE) return undefined;
      const inner = right.length - 2;
      return matmul(
        cropOrPad(a, [...left.slice(0, -1), terms - 1]),
        cropOrPad(
          b,
          right.map((size, axis) => (axis === inner ? size - 1 : size)),
        ),
      );
    },
  },
  'relu-drops-nan': {
    relu: ({ inputs }) => {
      const x = operand(inputs, 0);
      return where(greater(x, 0), x, 0);
    },
  },
  'sign-of-nan-is-zero': {
    sign: ({ inputs, right }) => {
      const x = operand(inputs, 0);
      return x.dtype === 'float32' ? where(isNan(x), 0, right()) : undefined;
    },
  },
  'reduce-max-drops-nan': {
    reduceMax: ({ inputs, attributes }) => {
      const x = operand(inputs, 0);
      if (x.dtype !== 'float32') return undefined;
      return emit('reduceMax', [where(isNan(x), Number.NEGATIVE_INFINITY, x)], attributes);
    },
  },
  'last-of-ties': {
    argMax: ({ inputs, attributes: { axis, keepDims } }) => {
      const x = operand(inputs, 0);
      const size = x.shape[axis];
      if (typeof size !== 'number') return undefined;
      const backwards = gather(x, sub(size - 1, indexRange(size)), { axis });
      return sub(size - 1, argMax(backwards, { axis, keepDims }));
    },
  },
  'scatter-overwrites': {
    scatterAdd: ({ inputs, attributes }) => {
      const indices = operand(inputs, 0);
      const kept = keepLast(indices, operand(inputs, 1));
      return kept && emit('scatterAdd', [indices, kept], attributes);
    },
  },
  // float64 holds the exact sum, and the conversion saturates where int32 must wrap
  'integer-sums-saturate': {
    add: ({ inputs, right }) =>
      right().dtype === 'int32' ? cast(add(...bothAsFloats(inputs)), 'int32') : undefined,
  },
  'division-floors': {
    div: ({ inputs, right }) => {
      const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
      if (a.dtype !== 'int32') return undefined;
      const quotient = right();
      const rest = sub(a, mul(quotient, b));
      const below = logicalAnd(notEqual(rest, 0), notEqual(lesser(rest, 0), lesser(b, 0)));
      return where(below, sub(quotient, 1), quotient);
    },
  },
  'cast-rounds': {
    cast: ({ inputs, attributes }) => {
      const x = operand(inputs, 0);
      const rounds = x.dtype === 'float32' && attributes.to === 'int32';
      return rounds ? emit('cast', [emit('roundEven', [x], {})], attributes) : undefined;
    },
  },
  'rounds-half-up': { roundEven: ({ inputs }) => floor(add(operand(inputs, 0), 0.5)) },
  'softmax-without-shift': {
    softmax: ({ inputs, attributes: { axis } }) => {
      const exponentials = exp(operand(inputs, 0));
      return div(exponentials, reduceSum(exponentials, { axes: axis, keepDims: true }));
    },
  },
  'where-leaks-nan': {
    where: ({ inputs }) => {
      const [a, b] = [operand(inputs, 1), operand(inputs, 2)];
      if (a.dtype !== 'float32') return undefined;
      const chosen = cast(operand(inputs, 0), 'float32');
      return add(mul(chosen, a), mul(sub(1, chosen), b));
    },
  },
  'average-counts-padding': {
    averagePool2d: (node) => poolPadded('averagePool2d', node, 0),
  },
  'max-pool-pads-with-zero': { maxPool2d: (node) => poolPadded('maxPool2d', node, 0) },
  'inverted-permutation': {
    transpose: ({ inputs, attributes: { permutation }, right }) => {
      const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
      return reshape(transpose(operand(inputs, 0), inverse), right().shape);
    },
  },
  'flushed-subnormals': {
    add: ({ right }) => {
      const sum = right();
      return sum.dtype === 'float32' ? where(lesser(abs(sum), SMALLEST_NORMAL), 0, sum) : undefined;
    },
  },
};
