import type {
  ConvolutionAttributes,
  ConvolutionOperatorsV1,
  Dimension,
  Shape,
  ValueType,
} from '@etalon/spec';
import { AttributeError, ShapeError } from '@etalon/spec';
import {
  dimensionsEqual,
  divideDimensionsExactly,
  elementCount,
  multiplyDimensions,
} from '../dimension/index.ts';
import {
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
} from '../operators/convolution-emit.ts';
import { filledConstant } from '../operators/indexing.ts';
import { formatShape, formatType } from '../program/format-type.ts';
import type { DefinitionsOf } from './definition.ts';
import { floatDTypes } from './definition.ts';
import { sumOfFilterGradients } from './iteration-sums.ts';
import { requireDType, requireInteger, requirePair, requireRank } from './type-rules.ts';
import { requireSizes, requireWindow, windowedSize } from './window.ts';

type Convolution = 'conv2d' | 'conv2dInputGradient' | 'conv2dFilterGradient';

function requireImage(type: ValueType, name: string): void {
  requireDType(type, floatDTypes, name);
  requireRank(type, 4, name, 'NHWC');
}

function filterSizeOf(filter: ValueType): readonly [number, number] {
  const [height, width] = filter.shape;
  if (typeof height === 'number' && typeof width === 'number' && height > 0 && width > 0) {
    return [height, width];
  }
  throw new ShapeError(
    'SHAPE_CONV2D_FILTER',
    `filter height and width must be fixed and at least 1, got ${formatType(filter)} (HWIO).`,
  );
}

function requireAttributes(attributes: ConvolutionAttributes): void {
  requireWindow(attributes);
  requirePair(attributes.dilations, 1, 'dilations');
  requireInteger(attributes.groups, 1, 'groups');
}

function perGroup(channels: Dimension, groups: number, what: string): Dimension {
  const each = divideDimensionsExactly(channels, groups);
  if (each !== undefined) return each;
  throw new AttributeError('ATTRIBUTE_GROUPS', `groups must divide ${what}, got ${groups} groups.`);
}

// Shape of conv2d's result from the image's and the filter's shapes.
function convolvedShape(
  image: ValueType,
  filter: ValueType,
  attributes: ConvolutionAttributes,
): Shape {
  requireImage(image, 'image');
  requireDType(filter, floatDTypes, 'filter');
  requireRank(filter, 4, 'filter', 'HWIO');
  requireAttributes(attributes);
  const [batch = 1, height = 1, width = 1, channels = 1] = image.shape;
  const [, , filterChannels = 1, outputChannels = 1] = filter.shape;
  const { groups } = attributes;
  if (!dimensionsEqual(channels, multiplyDimensions(filterChannels, groups))) {
    throw new ShapeError(
      'SHAPE_CONV2D_CHANNELS',
      `channels do not match, got image ${formatType(image)} (NHWC) and filter ${formatType(filter)} (HWIO) in ${groups} group${groups === 1 ? '' : 's'}.\nExpected the image's last axis to be the filter's third axis times the groups.`,
    );
  }
  perGroup(outputChannels, groups, `the output channels of filter ${formatType(filter)} (HWIO)`);
  const [filterHeight, filterWidth] = filterSizeOf(filter);
  return [
    batch,
    windowedSize(height, filterHeight, attributes, 0),
    windowedSize(width, filterWidth, attributes, 1),
    outputChannels,
  ];
}

function requireGradientShape(gradient: ValueType, expected: Shape): void {
  const fits =
    gradient.shape.length === 4 &&
    expected.every((size, axis) => dimensionsEqual(size, gradient.shape[axis] ?? -1));
  if (fits) return;
  throw new ShapeError(
    'SHAPE_CONV2D_GRADIENT',
    `the output gradient does not fit the convolution, got ${formatType(gradient)}.\nExpected ${formatShape(expected)}.`,
  );
}

// Two operations for each product of a filter tap with an element.
function convolutionFlops(output: Shape, filter: Shape): Dimension {
  const [height = 1, width = 1, channels = 1] = filter;
  return multiplyDimensions(
    2,
    multiplyDimensions(elementCount(output), elementCount([height, width, channels])),
  );
}

/** Definitions of convolution and its gradients. All three are linear in each operand. */
export const convolutionDefinitions: DefinitionsOf<Convolution & keyof ConvolutionOperatorsV1> = {
  conv2d: {
    kind: 'core',
    type: ([image, filter], attributes) => ({
      dtype: 'float32',
      shape: convolvedShape(image, filter, attributes),
    }),
    gradient: ({ inputs: [image, filter], attributes, outputGradient: dy }) => [
      conv2dInputGradient(dy, filter, image, attributes),
      conv2dFilterGradient(image, dy, filter, attributes),
    ],
    whenEmpty: ({ output }) => filledConstant(output, 0),
    flops: ([, filter], output) => convolutionFlops(output.shape, filter.shape),
  },

  conv2dInputGradient: {
    kind: 'core',
    type: ([dy, filter], attributes) => {
      requireImage(dy, 'output gradient');
      requireRank(filter, 4, 'filter', 'HWIO');
      requireAttributes(attributes);
      requireSizes(attributes.inputSize);
      const [batch = 1] = dy.shape;
      const shape: Shape = [
        batch,
        ...attributes.inputSize,
        multiplyDimensions(filter.shape[2] ?? 1, attributes.groups),
      ];
      requireGradientShape(dy, convolvedShape({ dtype: 'float32', shape }, filter, attributes));
      return { dtype: 'float32', shape };
    },
    gradient: ({ inputs: [dy, filter], attributes, outputGradient: g }) => [
      conv2d(g, filter, attributes),
      conv2dFilterGradient(g, dy, filter, attributes),
    ],
    mapDimensions: (attributes, map) => ({
      ...attributes,
      inputSize: [map(attributes.inputSize[0]), map(attributes.inputSize[1])],
    }),
    whenEmpty: ({ output }) => filledConstant(output, 0),
    flops: ([dy, filter]) => convolutionFlops(dy.shape, filter.shape),
  },

  conv2dFilterGradient: {
    kind: 'core',
    sumOverIterations: sumOfFilterGradients,
    type: ([image, dy], attributes) => {
      requireImage(image, 'image');
      requireImage(dy, 'output gradient');
      requireAttributes(attributes);
      requirePair(attributes.filterSize, 1, 'filterSize');
      const channels = perGroup(
        image.shape[3] ?? 1,
        attributes.groups,
        `the channels of image ${formatType(image)} (NHWC)`,
      );
      const shape: Shape = [...attributes.filterSize, channels, dy.shape[3] ?? 1];
      requireGradientShape(dy, convolvedShape(image, { dtype: 'float32', shape }, attributes));
      return { dtype: 'float32', shape };
    },
    gradient: ({ inputs: [image, dy], attributes, outputGradient: g }) => [
      conv2dInputGradient(dy, g, image, attributes),
      conv2d(image, g, attributes),
    ],
    whenEmpty: ({ output }) => filledConstant(output, 0),
    flops: ([, dy], output) => convolutionFlops(dy.shape, output.shape),
  },
};
