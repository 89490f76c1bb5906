import { readFileSync } from 'node:fs';
import type { Tensor } from '@etalon/compiler';
import { constant, mul, reduceSum, tensor, traceProgram, valueAndGradient } from '@etalon/compiler';
import type { ReferenceTensor } from '@etalon/reference';
import { evaluateProgram } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { activation } from '../src/layers/activation.ts';
import { conv2d } from '../src/layers/conv2d.ts';
import { dense } from '../src/layers/dense.ts';
import { flatten } from '../src/layers/flatten.ts';
import type { Layer } from '../src/layers/layer.ts';
import { averagePool2d, maxPool2d } from '../src/layers/pooling.ts';
import { defineModel, stateOf } from '../src/model/define-model.ts';

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface LayerCase {
  readonly name: string;
  readonly layer: keyof typeof makers;
  readonly arguments: readonly unknown[];
  readonly input: Stored;
  readonly variables: Readonly<Record<string, Stored>>;
  readonly cotangent: Stored;
  readonly output: Stored;
  readonly inputGradient: Stored;
  readonly gradients: Readonly<Record<string, Stored>>;
}

const makers = { activation, averagePool2d, conv2d, dense, flatten, maxPool2d };

const { cases }: { readonly cases: readonly LayerCase[] } = JSON.parse(
  readFileSync(new URL('./vectors/layers.json', import.meta.url), 'utf8'),
);

function made({ layer, arguments: given }: LayerCase): Layer {
  const make: (...values: never[]) => Layer = makers[layer];
  return make(...(given as never[]));
}

function reference({ shape, data }: Stored): ReferenceTensor {
  return { dtype: 'float32', shape, data: Float64Array.from(data) };
}

function expectClose(
  found: ReferenceTensor | undefined,
  expected: Stored,
  tolerance: number,
): void {
  expect(found?.shape).toEqual(expected.shape);
  const scale = Math.max(1, ...expected.data.map(Math.abs));
  expect(found?.data).toHaveLength(expected.data.length);
  expected.data.forEach((value, index) => {
    expect(Math.abs((found?.data[index] ?? Number.NaN) - value)).toBeLessThan(tolerance * scale);
  });
}

describe('layers', () => {
  it.each(cases)('$name equals Keras in value and gradients', (golden) => {
    const layer = made(golden);
    // Both sides are float64 sums of at most some hundred terms; in two of the gradients is a float32 constant.
    const tolerance = /gelu|leakyRelu/.test(JSON.stringify(golden.arguments)) ? 2 ** -24 : 1e-12;
    const model = defineModel({
      name: 'layer',
      inputs: { x: tensor('float32', golden.input.shape) },
      build: ({ x }) => ({ y: layer(x) }),
    });
    const [use] = model.layers;
    expect(model.variables.parameters.map(({ path, shape }) => [path, shape])).toEqual(
      Object.entries(golden.variables).map(([name, { shape }]) => [`${use?.name}/${name}`, shape]),
    );
    const program = traceProgram(
      'layer',
      { ...model.inputs, variables: stateOf(model) },
      ({ x, variables: { parameters, state } }) => {
        const apply = (argument: {
          readonly x: Tensor;
          readonly parameters: typeof parameters;
        }): Tensor =>
          model.apply({ parameters: argument.parameters, state }, { x: argument.x }).outputs.y;
        const loss = valueAndGradient((argument: Parameters<typeof apply>[0]) =>
          reduceSum(
            mul(
              apply(argument),
              constant({
                dtype: 'float32',
                shape: golden.cotangent.shape,
                data: Float32Array.from(golden.cotangent.data),
              }),
            ),
          ),
        );
        return { y: apply({ x, parameters }), ...loss({ x, parameters }).gradients };
      },
    );
    const outputs = evaluateProgram(program, {
      x: reference(golden.input),
      ...Object.fromEntries(
        Object.entries(golden.variables).map(([name, value]) => [
          `variables/parameters/${use?.name}/${name}`,
          reference(value),
        ]),
      ),
    });
    expectClose(outputs.y, golden.output, tolerance);
    expectClose(outputs.x, golden.inputGradient, tolerance);
    for (const [name, gradient] of Object.entries(golden.gradients)) {
      expectClose(outputs[`parameters/${use?.name}/${name}`], gradient, tolerance);
    }
  });
});
