import { evaluateProgram } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import type { LayerCase, Stored } from './support/layer-cases.ts';
import { prepareCase, readLayerCases } from './support/layer-cases.ts';

// Both sides are float64 sums of at most some hundred terms; what is named here multiplies by a float32 constant that is
// not the number Keras has.
function toleranceOf({ name, arguments: given }: LayerCase): number {
  const inexact = /gelu|leakyRelu"|"bilinear"/.test(JSON.stringify(given));
  return inexact || /^leakyReluLayer$|Normalization \{\}/.test(name) ? 2 ** -24 : 1e-12;
}

function expectClose(
  found: { readonly shape: readonly number[]; readonly data: ArrayLike<number> } | undefined,
  expected: Stored,
  tolerance: number,
): void {
  expect(found?.shape).toEqual(expected.shape);
  expect(found?.data).toHaveLength(expected.data.length);
  const scale = Math.max(1, ...expected.data.map(Math.abs));
  expected.data.forEach((value, index) => {
    expect(Math.abs((found?.data[index] ?? Number.NaN) - value)).toBeLessThan(tolerance * scale);
  });
}

describe.each(['layers', 'normalizations', 'images'] as const)('%s', (file) => {
  it.each(readLayerCases(file))('$name equals Keras in value, state and gradients', (golden) => {
    const { program, inputs, expected, declared } = prepareCase(golden);
    expect(declared).toEqual(
      Object.entries({ ...golden.variables, ...golden.state }).map(([name, { shape }]) => [
        name,
        shape,
      ]),
    );
    const outputs = evaluateProgram(program, inputs);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) {
      expectClose(outputs[name], value, toleranceOf(golden));
    }
  });
});
