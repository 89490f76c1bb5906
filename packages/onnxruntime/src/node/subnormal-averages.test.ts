import type { Optimizer } from '@etalon/core';
import { adam, defineProgram, rmsprop, sgd, tensor } from '@etalon/core';
import type { HostTensor, RunInputs } from '@etalon/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

const smallestNormal = 2 ** -126;

// A parameter whose gradient is zero for good decays the averages that optimizers keep of it. In float32 they would end in
// subnormal numbers and stay there, on which processors are slow; so this runs on an engine that computes in float32.
describe('averages behind a gradient that has become zero', () => {
  let backend: OnnxRuntimeBackend;
  beforeAll(async () => {
    backend = await createOnnxRuntimeBackend({ threads: 1 });
  });
  afterAll(() => backend.dispose());

  it.each([adam(), sgd({ learningRate: 0.1, momentum: 0.9 }), rmsprop({ momentum: 0.9 })])(
    'never become subnormal ($name)',
    async (optimizer: Optimizer) => {
      const vector = tensor('float32', [4]);
      const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, vector]));
      const update = defineProgram(
        { parameter: vector, gradient: vector, slots, step: tensor('float32', []) },
        (context) => optimizer.update(context),
      );
      const runnable = await update.prepare(backend);
      const zeros: HostTensor = { dtype: 'float32', shape: [4], data: new Float32Array(4) };
      let state: { parameter: RunInputs[string]; slots: RunInputs } = {
        parameter: zeros,
        slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros])),
      };
      const first: HostTensor = { ...zeros, data: Float32Array.of(1, -1e-3, 1e-8, -1e4) };
      for (let step = 1; step <= 1500; step++) {
        const updated = await runnable.run({
          ...state,
          gradient: step === 1 ? first : zeros,
          step: { dtype: 'float32', shape: [], data: Float32Array.of(step) },
        });
        state = updated;
      }
      for (const slot of Object.values(state.slots)) {
        if (!('read' in slot)) throw new Error('the state is on the host');
        const { data } = await slot.read();
        for (const value of data) {
          expect(value === 0 || Math.abs(value) >= smallestNormal).toBe(true);
        }
      }
    },
  );
});
