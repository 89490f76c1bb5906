import type { Dimension, PoolingAttributes, Shape, ValueType } from '@etalon/spec';
import { ShapeError } from '@etalon/spec';
import { elementCount, multiplyDimensions, shapesEqual } from '../dimension/index.ts';
import { filledConstant } from '../operators/indexing.ts';
import {
  averagePool2d,
  averagePool2dGradient,
  maxPool2dGradient,
  maxPool2dSelect,
} from '../operators/pooling-emit.ts';
import { formatShape, formatType } from '../program/format-type.ts';
import type { DefinitionsOf } from './definition.ts';
import { floatDTypes } from './definition.ts';
import { requireDType, requireRank } from './type-rules.ts';
import { requireSizes, requireSmallPadding, requireWindow, windowedSize } from './window.ts';

type Pooling =
  | 'averagePool2d'
  | 'averagePool2dGradient'
  | 'maxPool2d'
  | 'maxPool2dGradient'
  | 'maxPool2dSelect';

function pooledShape(image: ValueType, attributes: PoolingAttributes): Shape {
  requireDType(image, floatDTypes, 'image');
  requireRank(image, 4, 'image', 'NHWC');
  requireWindow(attributes);
  requireSmallPadding(attributes.windowSize, attributes.padding);
  const [batch = 1, height = 1, width = 1, channels = 1] = image.shape;
  const [windowHeight, windowWidth] = attributes.windowSize;
  return [
    batch,
    windowedSize(height, windowHeight, attributes, 0),
    windowedSize(width, windowWidth, attributes, 1),
    channels,
  ];
}

function requireShape(type: ValueType, expected: Shape, name: string): void {
  requireDType(type, floatDTypes, name);
  if (shapesEqual(type.shape, expected)) return;
  throw new ShapeError(
    'SHAPE_POOL_GRADIENT',
    `${name} does not fit the pooling, got ${formatType(type)}.\nExpected ${formatShape(expected)}.`,
  );
}

// One operation for each element of each window.
function windowFlops(pooled: Shape, { windowSize }: PoolingAttributes): Dimension {
  return multiplyDimensions(elementCount(pooled), windowSize[0] * windowSize[1]);
}

// Padding around an empty image can make room for windows, none of which holds an element.
const overNothing = ({ output }: { readonly output: ValueType }) =>
  filledConstant(output, Number.NaN);

/** Definitions of pooling and its gradients. */
export const poolingDefinitions: DefinitionsOf<Pooling> = {
  averagePool2d: {
    kind: 'core',
    type: ([image], attributes) => ({ dtype: 'float32', shape: pooledShape(image, attributes) }),
    gradient: ({ inputs: [image], attributes, outputGradient: dy }) => [
      averagePool2dGradient(dy, image, attributes),
    ],
    whenEmpty: overNothing,
    flops: (_, output, attributes) => windowFlops(output.shape, attributes),
  },
  averagePool2dGradient: {
    kind: 'core',
    type: ([dy], attributes) => {
      requireRank(dy, 4, 'output gradient', 'NHWC');
      requireSizes(attributes.inputSize);
      const [batch = 1, , , channels = 1] = dy.shape;
      const shape: Shape = [batch, ...attributes.inputSize, channels];
      requireShape(dy, pooledShape({ dtype: 'float32', shape }, attributes), 'output gradient');
      return { dtype: 'float32', shape };
    },
    gradient: ({ attributes, outputGradient: g }) => [averagePool2d(g, attributes)],
    mapDimensions: (attributes, map) => ({
      ...attributes,
      inputSize: [map(attributes.inputSize[0]), map(attributes.inputSize[1])],
    }),
    whenEmpty: ({ output }) => filledConstant(output, 0),
    flops: ([dy], _, attributes) => windowFlops(dy.shape, attributes),
  },
  maxPool2d: {
    kind: 'core',
    type: ([image], attributes) => ({ dtype: 'float32', shape: pooledShape(image, attributes) }),
    gradient: ({ inputs: [image], attributes, outputGradient: dy }) => [
      maxPool2dGradient(image, dy, attributes),
    ],
    whenEmpty: overNothing,
    flops: (_, output, attributes) => windowFlops(output.shape, attributes),
  },
  // linear in the output gradient; which element is the maximum does not change with the image almost
  // everywhere
  maxPool2dGradient: {
    kind: 'core',
    type: ([image, dy], attributes) => {
      requireShape(dy, pooledShape(image, attributes), 'output gradient');
      return image;
    },
    gradient: ({ inputs: [image], attributes, outputGradient: g }) => [
      undefined,
      maxPool2dSelect(image, g, attributes),
    ],
    whenEmpty: ({ output }) => filledConstant(output, 0),
    flops: ([, dy], _, attributes) => windowFlops(dy.shape, attributes),
  },
  maxPool2dSelect: {
    kind: 'core',
    type: ([image, other], attributes) => {
      requireShape(other, image.shape, 'second image');
      return { dtype: 'float32', shape: pooledShape(image, attributes) };
    },
    gradient: ({ inputs: [image], attributes, outputGradient: g }) => [
      undefined,
      maxPool2dGradient(image, g, attributes),
    ],
    whenEmpty: overNothing,
    flops: (_, output, attributes) => windowFlops(output.shape, attributes),
  },
};
