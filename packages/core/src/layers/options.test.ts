import { tensor } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { defineModel } from '../model/define-model.ts';
import { activation } from './activation.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import type { Layer } from './layer.ts';
import { maxPool2d } from './pooling.ts';

describe('options of layers', () => {
  it.each<[string, () => Layer, string, string]>([
    [
      'dense',
      () => dense(0),
      'OPTION_COUNT',
      'dense: units must be an integer of at least 1, got 0.',
    ],
    [
      'dense',
      () => dense(2.5, { name: 'head' }),
      'OPTION_COUNT',
      'head: units must be an integer of at least 1, got 2.5.',
    ],
    [
      'dense',
      () => dense(2, { activation: 'swish' as never }),
      'ACTIVATION_UNKNOWN',
      'dense: there is no such activation, got "swish".\nExpected one of ["linear","sigmoid","tanh","relu","leakyRelu","elu","softplus","gelu","softmax","step"], or a function.',
    ],
    [
      'activation',
      () => activation('constructor' as never),
      'ACTIVATION_UNKNOWN',
      'activation: there is no such activation, got "constructor".',
    ],
    [
      'conv2d',
      () => conv2d(2, { kernelSize: [3, 0] }),
      'OPTION_COUNT',
      'conv2d: kernelSize must be an integer of at least 1, got 0.',
    ],
    [
      'conv2d',
      () => conv2d(-1, { kernelSize: 3 }),
      'OPTION_COUNT',
      'conv2d: filters must be an integer of at least 1, got -1.',
    ],
    [
      'conv2d',
      () => conv2d(3, { kernelSize: 3, groups: 2 }),
      'OPTION_GROUPS',
      'conv2d: groups must divide the filters, got 2 groups for 3 filters.',
    ],
    ['dropout', () => dropout(1), 'OPTION_RANGE', 'dropout: rate must be in [0, 1), got 1.'],
    [
      'dropout',
      () => dropout(Number.NaN),
      'OPTION_RANGE',
      'dropout: rate must be in [0, 1), got NaN.',
    ],
  ])('%s refuses one outside its range (case %#)', (_, make, code, message) => {
    const error = caught(make);
    expect(error).toMatchObject({ name: 'AttributeError', code });
    expect(error.message).toContain(message);
  });
});

describe('inputs of layers', () => {
  it.each<[string, Layer, readonly (number | string)[], string, string]>([
    [
      'dense on a scalar',
      dense(2),
      [],
      'SHAPE_LAYER_RANK',
      'dense_1: the input must have rank 1 or more, got float32[].',
    ],
    [
      'dense on features of any number',
      dense(2),
      ['batch', 'features'],
      'SHAPE_LAYER_INPUT',
      "dense_1: the number of features must be fixed when the model is built, got float32[batch, features] (axis -1).\nFix: give this axis a number in the model's inputs, or reshape before the layer.",
    ],
    [
      'conv2d on a matrix',
      conv2d(2, { kernelSize: 3 }),
      ['batch', 9],
      'SHAPE_LAYER_RANK',
      'conv2d_1: the input must have rank 4 (NHWC), got float32[batch, 9].\nFix: reshape the input before this layer.',
    ],
    [
      'conv2d on channels of any number',
      conv2d(2, { kernelSize: 3 }),
      ['batch', 9, 9, 'channels'],
      'SHAPE_LAYER_INPUT',
      'conv2d_1: the number of channels must be fixed',
    ],
    [
      'conv2d on channels that do not make groups',
      conv2d(2, { kernelSize: 3, groups: 2 }),
      ['batch', 9, 9, 3],
      'SHAPE_CONV2D_GROUPS',
      'conv2d_1: groups must divide the channels, got 2 groups for float32[batch, 9, 9, 3] (NHWC).',
    ],
    [
      'maxPool2d on a vector',
      maxPool2d(2),
      ['batch'],
      'SHAPE_LAYER_RANK',
      'maxPool2d_1: the input must have rank 4 (NHWC), got float32[batch].',
    ],
    [
      'flatten on a scalar',
      flatten(),
      [],
      'SHAPE_LAYER_RANK',
      'flatten_1: the input must have rank 1 or more, got float32[].',
    ],
  ])('%s are refused', (_, layer, shape, code, message) => {
    const define = (): unknown =>
      defineModel({
        name: 'model',
        inputs: { x: tensor('float32', shape) },
        build: ({ x }) => ({ y: layer(x) }),
      });
    const error = caught(define);
    expect(error).toMatchObject({ name: 'ShapeError', code });
    expect(error.message).toContain(message);
  });

  it('may have images of any size', () => {
    const model = defineModel({
      name: 'model',
      inputs: { image: tensor('float32', ['batch', 'height', 'width', 3]) },
      build: ({ image }) => ({ y: conv2d(2, { kernelSize: 3 })(image) }),
    });
    expect(model.variables.parameters[0]?.shape).toEqual([3, 3, 3, 2]);
  });
});
