import { drawNormal } from '@etalon/compiler';
import { evaluateProgram, numericalGradient } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import type { Layer, Tensor } from '../src/index.ts';
import {
  batchNormalization,
  constant,
  conv2dTranspose,
  defineModel,
  gradient,
  layerNormalization,
  mul,
  randomKey,
  reduceSum,
  stateOf,
  tanh,
  tensor,
  traceProgram,
  upSampling2d,
} from '../src/index.ts';
import { floats } from './support/tensors.ts';

const numbers = (seed: number, shape: readonly number[]) =>
  floats(
    drawNormal(
      randomKey(seed),
      shape.reduce((product, size) => product * size),
    ),
    shape,
  );

describe('second-order gradients', () => {
  it.each<[string, Layer, readonly number[]]>([
    ['conv2dTranspose', conv2dTranspose(2, { kernelSize: [3, 2], strides: 2 }), [2, 2, 3, 2]],
    [
      'conv2dTranspose of the same size',
      conv2dTranspose(1, { kernelSize: 3, strides: 2, padding: 'same' }),
      [1, 3, 2, 2],
    ],
    ['bilinear upSampling2d', upSampling2d(2, { interpolation: 'bilinear' }), [1, 2, 3, 1]],
    ['layerNormalization', layerNormalization(), [3, 4]],
    ['batchNormalization', batchNormalization(), [4, 3]],
  ])('of %s equal central differences of the first', (_, layer, shape) => {
    const model = defineModel({
      name: 'model',
      inputs: { x: tensor('float32', shape) },
      build: ({ x }) => ({ y: layer(x) }),
    });
    const weights = numbers(2, shape);
    // the hyperbolic tangent makes second derivatives of what is linear
    const program = traceProgram('second', { ...model.inputs, v: stateOf(model) }, ({ x, v }) => {
      const first = (at: { readonly x: Tensor; readonly p: typeof v.parameters }) =>
        gradient((point: typeof at) =>
          reduceSum(
            tanh(
              model.apply({ ...v, parameters: point.p }, { x: point.x }, { mode: 'train' }).outputs
                .y,
            ),
          ),
        )(at).x;
      const second = gradient((at: { readonly x: Tensor; readonly p: typeof v.parameters }) =>
        reduceSum(mul(first(at), constant(weights))),
      )({ x, p: v.parameters });
      return { first: first({ x, p: v.parameters }), second };
    });
    const { parameters, state } = model.initialize(3);
    const inputs = {
      x: numbers(1, shape),
      ...Object.fromEntries(
        Object.entries({ parameters, state }).flatMap(([role, values]) =>
          Object.entries(values).map(([path, value]) => [`v/${role}/${path}`, value]),
        ),
      ),
    };
    const found = evaluateProgram(program, inputs);
    const pairs = [
      ['second/x', 'x'],
      ...Object.keys(parameters).map((path) => [`second/p/${path}`, `v/parameters/${path}`]),
    ] as const;
    let largest = 0;
    for (const [output = '', input = ''] of pairs) {
      const expected = numericalGradient(program, { output: 'first', input, inputs, weights });
      const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expected.data.forEach((value, at) => {
        const error = Math.abs((found[output]?.data[at] ?? Number.NaN) - value);
        expect(error).toBeLessThan(1e-7 * Math.max(1, scale));
      });
      largest = Math.max(largest, scale);
    }
    expect(largest).toBeGreaterThan(0.1);
  });
});
