import { add, mul, tensor } from '@etalon/compiler';
import { describe, expect, it } from 'vitest';
import { caught } from '../../test/support/errors.ts';
import { digits, modelOf } from '../../test/support/models.ts';
import { ones } from '../initializers/initializers.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { createLayer } from '../layers/layer.ts';
import { sequential } from '../layers/sequential.ts';
import { defineModel } from './define-model.ts';
import { formatSummary, summarize } from './summary.ts';

// Two for each multiplication and its addition, one for each element of a bias, of an activation or of a window.
const convolution1 = 2 * (26 * 26 * 16 * 9) + 2 * (26 * 26 * 16);
const pool1 = 4 * (13 * 13 * 16);
const convolution2 = 2 * (11 * 11 * 32 * 9 * 16) + 2 * (11 * 11 * 32);
const pool2 = 4 * (5 * 5 * 32);
const dense1 = 2 * (800 * 10) + 10;

describe('summarize', () => {
  it('counts what one image costs', () => {
    const summary = summarize(digits());
    expect(summary.parameters).toBe(160 + 4_640 + 8_010);
    expect(summary.layers.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['conv2d_1', 160],
      ['maxPool2d_1', 0],
      ['conv2d_2', 4_640],
      ['maxPool2d_2', 0],
      ['flatten_1', 0],
      ['dense_1', 8_010],
    ]);
    expect(summary.layers.map(({ flops }) => flops)).toEqual([
      convolution1,
      pool1,
      convolution2,
      pool2,
      0,
      dense1,
    ]);
    expect(summary.flops).toBe(convolution1 + pool1 + convolution2 + pool2 + dense1);
    expect(summary.activationBytes).toBe(
      4 * (26 * 26 * 16 + 13 * 13 * 16 + 11 * 11 * 32 + 5 * 5 * 32 + 800 + 10),
    );
  });

  it('counts operations and activations, not parameters, once for each image of a batch', () => {
    const one = summarize(digits());
    const many = summarize(digits(), { batch: 64 });
    expect(many.flops).toBe(64 * one.flops);
    expect(many.activationBytes).toBe(64 * one.activationBytes);
    expect(many.parameters).toBe(one.parameters);
    expect(many.bindings).toEqual({ batch: 64 });
  });

  it('counts parameters of a shared layer once, and its operations at each use', () => {
    const shared = dense(4);
    const { layers, parameters, flops } = summarize(modelOf(sequential(shared, shared)));
    const cost = 2 * 16 + 4;
    expect(layers.map((layer) => [layer.name, layer.parameters, layer.flops])).toEqual([
      ['dense_1', 20, cost],
      ['dense_1', 0, cost],
    ]);
    expect([parameters, flops]).toEqual([20, 2 * cost]);
  });

  it('counts at each use of a shared layer what that use costs', () => {
    const shared = conv2d(1, { kernelSize: 2, useBias: false });
    const model = defineModel({
      name: 'model',
      inputs: { image: tensor('float32', ['batch', 4, 4, 1]) },
      build: ({ image }) => ({ y: shared(shared(image)) }),
    });
    expect(summarize(model).layers.map(({ flops }) => flops)).toEqual([2 * 9 * 4, 2 * 4 * 4]);
  });

  it('counts layers inside a layer once in the total', () => {
    const inner = dense(4, { useBias: false });
    const block = createLayer('block', {}, (x, scope) =>
      mul(inner(x), scope.parameter('scale', [4], ones())),
    );
    const summary = summarize(modelOf((x) => add(block(x), x)));
    expect(
      summary.layers.map(({ name, depth, parameters, flops, activationBytes }) => [
        name,
        depth,
        parameters,
        flops,
        activationBytes,
      ]),
    ).toEqual([
      ['block_1', 0, 4, 2 * 16 + 4, 16],
      ['dense_1', 1, 16, 2 * 16, 16],
    ]);
    // the addition outside of layers included
    expect(summary.flops).toBe(2 * 16 + 4 + 4);
    expect(summary.activationBytes).toBe(16);
    expect(summary.parameters).toBe(20);
  });

  it('refuses a size that the model does not have', () => {
    expect(caught(() => summarize(digits(), { bacth: 2 }))).toMatchObject({
      name: 'DataError',
      code: 'SIZE_UNKNOWN',
      message:
        'summary of "digits": there is no dimension of this name, got "bacth".\nExpected some of ["batch"].',
    });
  });

  it('refuses sizes that are too small for a layer', () => {
    const model = defineModel({
      name: 'model',
      inputs: { image: tensor('float32', ['batch', 'height', 'width', 1]) },
      build: ({ image }) => ({ y: conv2d(1, { kernelSize: 3 })(image) }),
    });
    expect(caught(() => summarize(model))).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_NEGATIVE',
      message:
        'summary of "model" › conv2d_1: the input is too small, got {"batch":1,"height":1,"width":1} for [batch, height−2, width−2, 1].\nFix: give sizes, such as summarize(model, { height: 32, width: 32 }).',
    });
    expect(summarize(model, { height: 5, width: 4 }).flops).toBe(3 * 2 * (2 * 9 + 1));
  });
});

describe('formatSummary', () => {
  it('makes a table for a terminal', () => {
    expect(formatSummary(summarize(digits()))).toBe(
      [
        'model "digits"',
        'layer        output shape         parameters      FLOPs  activations',
        '────────────────────────────────────────────────────────────────────',
        'conv2d_1     [batch, 26, 26, 16]         160    216,320     42.3 KiB',
        'maxPool2d_1  [batch, 13, 13, 16]           0     10,816     10.6 KiB',
        'conv2d_2     [batch, 11, 11, 32]       4,640  1,122,880     15.1 KiB',
        'maxPool2d_2  [batch, 5, 5, 32]             0      3,200      3.1 KiB',
        'flatten_1    [batch, 800]                  0          0      3.1 KiB',
        'dense_1      [batch, 10]               8,010     16,010         40 B',
        '────────────────────────────────────────────────────────────────────',
        'total                                 12,810  1,369,226     74.2 KiB',
        'FLOPs and activations of a forward pass for batch = 1',
      ].join('\n'),
    );
  });

  it('indents layers inside a layer and has no note without named sizes', () => {
    const inner = dense(512, { name: 'inner' });
    const model = defineModel({
      name: 'fixed',
      inputs: { x: tensor('float32', [1024, 4]) },
      build: ({ x }) => ({ y: createLayer('block', {}, inner)(x) }),
    });
    expect(formatSummary(summarize(model)).split('\n').slice(3)).toEqual([
      'block_1  [1024, 512]            0  4,718,592      2.0 MiB',
      '  inner  [1024, 512]        2,560  4,718,592      2.0 MiB',
      '─────────────────────────────────────────────────────────',
      'total                       2,560  4,718,592      2.0 MiB',
    ]);
  });
});
