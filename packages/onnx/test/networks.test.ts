import type { Tensor } from '@etalon/compiler';
import {
  add,
  argMax,
  argMin,
  averagePool2d,
  concat,
  conv2d,
  gather,
  gradient,
  logSoftmax,
  matmul,
  maxPool2d,
  mul,
  multiplyDimensions,
  neg,
  oneHot,
  pad,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  simplify,
  slice,
  softmax,
  sqrt,
  square,
  sub,
  tanh,
  tensor,
  traceProgram,
  valueAndGradient,
} from '@etalon/compiler';
import type { ProgramV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { lowerToOnnx } from '../src/lowering/lower-to-onnx.ts';
import { expectNearReference, noise } from './support/near-reference.ts';
import { ints } from './support/program-builder.ts';

const image = tensor('float32', ['batch', 11, 10, 2]);

function digitsStep(): ProgramV1 {
  const parameters = {
    filter1: tensor('float32', [3, 3, 2, 4]),
    bias1: tensor('float32', [4]),
    filter2: tensor('float32', [3, 3, 4, 5]),
    bias2: tensor('float32', [5]),
    weights: tensor('float32', [20, 3]),
  };
  return traceProgram(
    'step',
    { parameters, image, label: tensor('int32', ['batch']) },
    (inputs) => {
      const loss = (p: typeof inputs.parameters): Tensor => {
        const first = relu(add(conv2d(inputs.image, p.filter1), p.bias1));
        const pooled = maxPool2d(first, { windowSize: 2 });
        const second = tanh(
          add(
            conv2d(pooled, p.filter2, {
              strides: 2,
              padding: [
                [1, 1],
                [1, 1],
              ],
            }),
            p.bias2,
          ),
        );
        const features = averagePool2d(second, { windowSize: [1, 1] });
        const logits = matmul(reshape(features, ['batch', 20]), p.weights);
        const picked = mul(logSoftmax(logits), oneHot(inputs.label, { depth: 3 }));
        return neg(reduceMean(reduceSum(picked, { axes: [1] })));
      };
      const { value, gradients } = valueAndGradient(loss)(inputs.parameters);
      return { value, gradients };
    },
  );
}

function stepFeeds(batch: number): Parameters<typeof expectNearReference>[1][number] {
  return {
    'parameters/filter1': noise([3, 3, 2, 4], 1),
    'parameters/bias1': noise([4], 2),
    'parameters/filter2': noise([3, 3, 4, 5], 3),
    'parameters/bias2': noise([5], 4),
    'parameters/weights': noise([20, 3], 5),
    image: noise([batch, 11, 10, 2], 6),
    label: ints(
      [batch],
      Array.from({ length: batch }, (_, row) => row % 3),
    ),
  };
}

describe('encodeOnnx of networks, run by ONNX Runtime', () => {
  it('computes the loss and all gradients of a convolutional net as the reference does', async () => {
    const program = digitsStep();
    const runs = [1, 4].map(stepFeeds);
    expect(await expectNearReference(program, runs)).toBeGreaterThan(0.9);
    expect(await expectNearReference(simplify(program), runs)).toBeGreaterThan(0.9);
  });

  it('turns images of a training step at the edges of its image operators alone', () => {
    const parameters = {
      filter1: tensor('float32', [3, 3, 1, 16]),
      bias1: tensor('float32', [16]),
      filter2: tensor('float32', [3, 3, 16, 32]),
      bias2: tensor('float32', [32]),
      weights: tensor('float32', [5 * 5 * 32, 10]),
    };
    const types = { parameters, digits: tensor('float32', ['batch', 28, 28, 1]) };
    const program = traceProgram('digits', types, ({ parameters: variables, digits }) =>
      gradient((p: typeof variables) => {
        const first = relu(add(conv2d(digits, p.filter1), p.bias1));
        const pooled = maxPool2d(first, { windowSize: 2 });
        const second = relu(add(conv2d(pooled, p.filter2), p.bias2));
        const features = reshape(maxPool2d(second, { windowSize: 2 }), ['batch', 5 * 5 * 32]);
        return reduceMean(square(matmul(features, p.weights)));
      })(variables),
    );
    const turned = (layout: 'onDemand' | 'everyOperator') =>
      lowerToOnnx(program, {}, layout).graph?.node.filter(({ name }) =>
        /\/to_n(chw|hwc)/.test(name),
      );
    expect(turned('everyOperator')).toHaveLength(17);
    expect(turned('onDemand')?.map(({ opType, name }) => `${opType} ${name}`)).toEqual([
      'Reshape digits/to_nchw',
      'Transpose maxPool2d_2/to_nhwc',
      'Transpose reshape/gradient/reshape/to_nchw',
    ]);
  });

  it('computes the gradient of a gradient through convolution and pooling', async () => {
    const filterType = tensor('float32', [2, 2, 2, 3]);
    const program = traceProgram('second', { image, filter: filterType }, (inputs) => {
      const energy = (filter: Tensor, picture: Tensor): Tensor => {
        const edges = conv2d(picture, filter, { strides: [2, 1] });
        return reduceSum(square(maxPool2d(edges, { windowSize: 3, strides: 1 })));
      };
      const slope = (filter: Tensor): Tensor =>
        reduceSum(square(gradient((picture: Tensor) => energy(filter, picture))(inputs.image)));
      return { slope: slope(inputs.filter), curvature: gradient(slope)(inputs.filter) };
    });
    expect(program.nodes.map((node) => node.operator)).toContain('maxPool2dSelect');
    const filter = noise([2, 2, 2, 3], 8);
    const runs = [1, 2].map((batch) => ({ image: noise([batch, 11, 10, 2], 9), filter }));
    expect(await expectNearReference(program, runs)).toBeGreaterThan(0.9);
  });

  it.each([
    { groups: 1, strides: 1 },
    { groups: 1, strides: 2 },
    { groups: 2, strides: 1 },
  ])(
    'convolves named channels in $groups groups with strides $strides',
    async ({ groups, strides }) => {
      const channels = multiplyDimensions('c', groups);
      const inputs = {
        image: tensor('float32', ['batch', 5, 4, channels]),
        filter: tensor('float32', [2, 3, 'c', 4]),
      };
      const program = traceProgram('channels', inputs, (variables) => {
        const loss = ({ image: x, filter }: typeof variables): Tensor =>
          reduceSum(square(conv2d(x, filter, { groups, strides })));
        const { value, gradients } = valueAndGradient(loss)(variables);
        return { value, gradients };
      });
      const runs = [1, 3].map((c) => ({
        image: noise([2, 5, 4, c * groups], c),
        filter: noise([2, 3, c, 4], 7),
      }));
      expect(await expectNearReference(program, runs)).toBe(1);
    },
  );

  it('sums the gradient of a table whose length is named, at repeated indices', async () => {
    const inputs = {
      table: tensor('float32', ['words', 5]),
      index: tensor('int32', ['batch', 4]),
    };
    const program = traceProgram('embedding', inputs, ({ table, index }) => ({
      gradient: gradient((rows: Tensor) => reduceSum(square(gather(rows, index))))(table),
    }));
    expect(program.nodes.map((node) => node.operator)).toContain('scatterAdd');
    const runs = [2, 9].map((words) => ({
      table: noise([words, 5], words),
      index: ints([2, 4], [0, 1, 1, 1, 0, words - 1, 1, 0]),
    }));
    expect(await expectNearReference(program, runs)).toBe(1);
  });

  it('keeps batch normalisation, skips and attention over channels in one layout', async () => {
    const inputs = {
      image,
      filter: tensor('float32', [3, 3, 2, 2]),
      scale: tensor('float32', [2]),
    };
    const program = traceProgram('skips', inputs, ({ image: x, filter, scale }) => {
      const deep = conv2d(x, filter, { padding: 'same' });
      const mean = reduceMean(deep, { axes: [0, 1, 2], keepDims: true });
      const centred = sub(deep, mean);
      const variance = reduceMean(square(centred), { axes: [0, 1, 2] });
      const normal = mul(mul(centred, sqrt(variance)), scale);
      const joined = concat([normal, pad(deep, { before: [0, 0, 0, 1], after: [0, 0, 0, 0] })], {
        axis: 3,
      });
      const gated = mul(softmax(joined, { axis: 3 }), softmax(joined, { axis: 1 }));
      const cut = slice(gated, { starts: [0, 1, 0, 2], strides: [1, 2, 3, 1] });
      return {
        cut,
        perImage: reduceSum(gated, { axes: [1, 2] }),
        perPixel: reduceSum(gated, { axes: [3] }),
        perRow: reduceSum(gated, { axes: [0, 2] }),
        brightest: [0, 1, 2, 3].map((axis) => argMax(joined, { axis })),
        darkest: [1, 3].map((axis) => argMin(joined, { axis, keepDims: true })),
      };
    });
    const shared = { filter: noise([3, 3, 2, 2], 3), scale: noise([2], 4) };
    const runs = [1, 3].map((batch) => ({ image: noise([batch, 11, 10, 2], 5), ...shared }));
    expect(await expectNearReference(program, runs)).toBe(1);
    const transposed = lowerToOnnx(program)
      .graph?.node.filter((node) => node.opType === 'Transpose')
      .map((node) => node.name);
    expect(transposed).toEqual([
      'image/to_nchw',
      'conv2d/Transpose',
      'reduceSum_3',
      'argMax',
      'argMax_2',
      'argMax_3',
      'slice/to_nhwc',
      'argMin/to_nhwc',
    ]);
  });
});
