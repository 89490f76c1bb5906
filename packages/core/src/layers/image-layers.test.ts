import { formatShape, tensor } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { modelOf } from '../../test/support/models.ts';
import { evaluate, floats } from '../../test/support/tensors.ts';
import { defineModel } from '../model/define-model.ts';
import { conv2dTranspose } from './conv2d-transpose.ts';
import { globalAveragePooling2d, globalMaxPooling2d } from './global-pooling.ts';
import type { Layer } from './layer.ts';
import { leakyReluLayer } from './leaky-relu.ts';
import { reshapeTo } from './reshape-to.ts';
import { upSampling2d } from './up-sampling.ts';
import { zeroPadding2d } from './zero-padding.ts';

function shapeOf(layer: Layer, ...sizes: readonly (number | string)[]): string {
  const model = defineModel({
    name: 'model',
    inputs: { x: tensor('float32', sizes) },
    build: ({ x }) => ({ y: layer(x) }),
  });
  return formatShape(model.outputs.y.shape);
}

describe('layers of images of any size', () => {
  it.each<[string, Layer, string]>([
    [
      'conv2dTranspose',
      conv2dTranspose(3, { kernelSize: 3, strides: 2, padding: 'same' }),
      '[batch, 2·h, 2·w, 3]',
    ],
    ['upSampling2d', upSampling2d([2, 3]), '[batch, 2·h, 3·w, 2]'],
    [
      'bilinear upSampling2d',
      upSampling2d(2, { interpolation: 'bilinear' }),
      '[batch, 2·h, 2·w, 2]',
    ],
    [
      'zeroPadding2d',
      zeroPadding2d([
        [1, 2],
        [0, 1],
      ]),
      '[batch, h+3, w+1, 2]',
    ],
    ['globalMaxPooling2d', globalMaxPooling2d(), '[batch, 2]'],
    ['globalAveragePooling2d', globalAveragePooling2d({ keepDims: true }), '[batch, 1, 1, 2]'],
    ['reshapeTo', reshapeTo([-1, 2]), '[batch, h·w, 2]'],
  ])('give the size of %s by name', (_, layer, expected) => {
    expect(shapeOf(layer, 'batch', 'h', 'w', 2)).toBe(expected);
  });

  it('interpolate images of one row, whose size has a name', () => {
    const layer = upSampling2d(2, { interpolation: 'bilinear' });
    const model = defineModel({
      name: 'model',
      inputs: { x: tensor('float32', ['batch', 'h', 'w', 1]) },
      build: ({ x }) => ({ y: layer(x) }),
    });
    const { y } = evaluate(model.program(), { x: floats([0, 4], [1, 1, 2, 1]) });
    expect(y).toEqual([0, 1, 3, 4, 0, 1, 3, 4]);
  });
});

describe('options and inputs of image layers', () => {
  it.each<[string, () => unknown, string, string]>([
    [
      'filters of conv2dTranspose',
      () => conv2dTranspose(0, { kernelSize: 2 }),
      'OPTION_COUNT',
      'conv2dTranspose: filters must be an integer of at least 1, got 0.',
    ],
    [
      'a kernel size of conv2dTranspose',
      () => conv2dTranspose(1, { kernelSize: [2, 0], name: 'up' }),
      'OPTION_COUNT',
      'up: kernelSize must be an integer of at least 1, got 0.',
    ],
    [
      'strides of conv2dTranspose',
      () => shapeOf(conv2dTranspose(1, { kernelSize: 2, strides: 0 }), 1, 4, 4, 1),
      'ATTRIBUTE_INTEGER',
      'strides must be an integer of at least 1, got 0.',
    ],
    [
      'padding of conv2dTranspose',
      () => conv2dTranspose(1, { kernelSize: 2, padding: 'full' as never }),
      'OPTION_PADDING',
      'conv2dTranspose: padding must be "valid" or "same", got "full".',
    ],
    [
      'a size of upSampling2d',
      () => upSampling2d([1, 1.5]),
      'OPTION_COUNT',
      'upSampling2d: size must be an integer of at least 1, got 1.5.',
    ],
    [
      'an interpolation',
      () => upSampling2d(2, { interpolation: 'bicubic' as never }),
      'OPTION_INTERPOLATION',
      'upSampling2d: there is no such interpolation, got "bicubic".\nExpected one of ["nearest","bilinear"].',
    ],
    [
      'a padding of zeroPadding2d',
      () => zeroPadding2d([1, -1]),
      'OPTION_PADDING',
      'zeroPadding2d: padding must be integers of at least 0, got [1,-1].\nExpected one number, [height, width] or [[top, bottom], [left, right]].',
    ],
    [
      'a padding that is no number',
      () => zeroPadding2d('same' as never),
      'OPTION_PADDING',
      'zeroPadding2d: padding must be integers of at least 0, got "same".',
    ],
    [
      'a slope',
      () => leakyReluLayer({ negativeSlope: Number.NaN }),
      'OPTION_RANGE',
      'leakyRelu: negativeSlope is out of range, got NaN.',
    ],
    [
      'a matrix for conv2dTranspose',
      () => modelOf(conv2dTranspose(1, { kernelSize: 2 })),
      'SHAPE_LAYER_RANK',
      'conv2dTranspose_1: the input must have rank 4 (NHWC), got float32[batch, 4].',
    ],
    [
      'a matrix for upSampling2d',
      () => modelOf(upSampling2d(2)),
      'SHAPE_LAYER_RANK',
      'upSampling2d_1: the input must have rank 4',
    ],
    [
      'a matrix for zeroPadding2d',
      () => modelOf(zeroPadding2d(2)),
      'SHAPE_LAYER_RANK',
      'zeroPadding2d_1: the input must have rank 4',
    ],
    [
      'a matrix for globalMaxPooling2d',
      () => modelOf(globalMaxPooling2d()),
      'SHAPE_LAYER_RANK',
      'globalMaxPooling2d_1: the input must have rank 4',
    ],
    [
      'a scalar for reshapeTo',
      () => shapeOf(reshapeTo([1])),
      'SHAPE_LAYER_RANK',
      'reshapeTo_1: the input must have rank 1 or more, got float32[].',
    ],
    [
      'a shape of another size',
      () => modelOf(reshapeTo([3])),
      'SHAPE_RESHAPE_COUNT',
      'reshapeTo_1 › reshape',
    ],
    [
      'channels of any number',
      () => shapeOf(conv2dTranspose(1, { kernelSize: 2 }), 'batch', 4, 4, 'channels'),
      'SHAPE_LAYER_INPUT',
      'conv2dTranspose_1: the number of channels must be fixed',
    ],
  ])('are refused: %s', (_, call, code, message) => {
    const error = caught(call);
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  });
});
