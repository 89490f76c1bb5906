import type { HostTensor } from '@etalon/core';
import { prepare } from '@etalon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareCase, readLayerCases } from '../../../core/test/support/layer-cases.ts';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

// Norm-wise: sums of some hundred float32 terms; far from 0, the mean of six numbers of about 2048 is off by up to their
// last place, 1.2e-4, where the variance by way of the mean square would be off by 0.25.
function toleranceOf(name: string): number {
  return name.includes('far from 0') ? 1e-3 : 1e-5;
}

describe.each(['normalizations', 'images'] as const)('layers of %s', (file) => {
  let backend: OnnxRuntimeBackend;
  beforeAll(async () => {
    backend = await createOnnxRuntimeBackend({ threads: 1 });
  });
  afterAll(() => backend.dispose());

  it.each(readLayerCases(file))(
    '$name equals Keras in value, state and gradients',
    async (golden) => {
      const { program, inputs, expected } = prepareCase(golden);
      const prepared = await prepare(program, backend);
      const outputs = await prepared.run(inputs);
      for (const [name, { shape, data }] of Object.entries(expected)) {
        const found: HostTensor | undefined = await outputs[name]?.read();
        expect(found?.shape).toEqual(shape);
        const scale = Math.max(1, ...data.map(Math.abs));
        data.forEach((value, at) => {
          const error = Math.abs((found?.data[at] ?? Number.NaN) - value);
          expect(error).toBeLessThan(toleranceOf(golden.name) * scale);
        });
      }
      prepared.dispose();
    },
  );
});
