import type { Tensor } from '@etalon/compiler';
import {
  add,
  emit,
  equal,
  gradient,
  greater,
  mul,
  pad,
  reduceSum,
  slice,
  where,
} from '@etalon/compiler';
import type { PoolingAttributes } from '@etalon/spec';
import type { Replaced, WrongOperators } from './rewrite.ts';
import { fixedShape, operand } from './rewrite.ts';

type Gradient = Replaced<'maxPool2dGradient'>;

/** The elements of an image that lie at one place of each window. */
type Tap = (image: Tensor) => Tensor;

function tapsOf(
  { windowSize, strides, padding }: PoolingAttributes,
  sizes: readonly number[],
): Tap[] {
  const [[top, bottom], [left, right]] = padding;
  return Array.from(
    { length: windowSize[0] * windowSize[1] },
    (_, place) => (image: Tensor) =>
      slice(
        pad(image, {
          before: [0, top, left, 0],
          after: [0, bottom, right, 0],
          value: Number.NEGATIVE_INFINITY,
        }),
        {
          starts: [0, Math.floor(place / windowSize[1]), place % windowSize[1], 0],
          sizes,
          strides: [1, ...strides, 1],
        },
      ),
  );
}

/** Puts one number per window back to the place that a tap takes elements from; zeros elsewhere. */
function place(tap: Tap, image: Tensor, values: Tensor): Tensor {
  return gradient((x: Tensor) => reduceSum(mul(tap(x), values)))(image);
}

function fold(
  { inputs, attributes }: Gradient,
  combine: (sum: Tensor, marks: Tensor, values: Tensor) => Tensor,
): Tensor | undefined {
  const [image, dy] = [operand(inputs, 0), operand(inputs, 1)];
  const sizes = fixedShape(dy);
  if (sizes === undefined || sizes.includes(0)) return undefined;
  const pooled = emit('maxPool2d', [image], attributes);
  return tapsOf(attributes, sizes).reduce(
    (sum, tap) => {
      const marks = where(equal(tap(image), pooled), 1, 0);
      return combine(sum, place(tap, image, marks), place(tap, image, mul(marks, dy)));
    },
    mul(image, 0),
  );
}

/** Wrong gradients of max pooling, by the name of the backend that gives them. */
export const wrongPooling: Readonly<Record<string, WrongOperators>> = {
  'pool-gradient-to-all-ties': {
    maxPool2dGradient: (node) => fold(node, (sum, _marks, values) => add(sum, values)),
  },
  'pool-gradient-overwrites': {
    maxPool2dGradient: (node) =>
      fold(node, (sum, marks, values) => where(greater(marks, 0), values, sum)),
  },
};
