import type { IndexedExamples, Tensor, Trainer } from '@etalon/core';
import {
  adam,
  conv2d,
  createTrainer,
  defineModel,
  dense,
  flatten,
  maxPool2d,
  sequential,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1 } from '@etalon/spec';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tfjsEngines } from '../manifest.ts';
import { createTfjsBackend } from './create-backend.ts';

const SIZE = 24;

// Images of stripes whose direction is the label, with noise from a fixed sequence.
function stripes(): IndexedExamples {
  let state = 1;
  const noise = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
  const images = Array.from({ length: SIZE }, (_, label) =>
    Float32Array.from({ length: 144 }, (_value, at) => {
      const along = label % 2 === 0 ? at % 12 : Math.floor(at / 12);
      return Number(along % 3 === 0) + 0.25 * noise();
    }),
  );
  return {
    size: SIZE,
    fields: {
      image: { dtype: 'float32', shape: [12, 12, 1] },
      label: { dtype: 'int32', shape: [] },
    },
    gather: (indices) => {
      const data = new Float32Array(indices.length * 144);
      indices.forEach((index, row) => {
        data.set(images[index] ?? [], row * 144);
      });
      const label = Int32Array.from(indices, (index) => index % 2);
      return {
        image: { dtype: 'float32', shape: [indices.length, 12, 12, 1], data },
        label: { dtype: 'int32', shape: [indices.length], data: label },
      };
    },
  };
}

const model = defineModel({
  name: 'stripes',
  inputs: { image: tensor('float32', ['batch', 12, 12, 1]) },
  build: ({ image }): { readonly logits: Tensor } => ({
    logits: sequential(
      conv2d(4, { kernelSize: 3, activation: 'relu' }),
      maxPool2d(2),
      conv2d(6, { kernelSize: 3, activation: 'relu', padding: 'same' }),
      maxPool2d(2),
      flatten(),
      dense(2),
    )(image),
  }),
});

type StripesTrainer = Trainer<
  { readonly image: ReturnType<typeof tensor> },
  { readonly logits: Tensor },
  never
>;

function trainerOn(backend: BackendV1): Promise<StripesTrainer> {
  return createTrainer(model, {
    backend,
    seed: 42,
    targets: { label: tensor('int32', ['batch']) },
    loss: ({ logits }, { label }) => sparseCategoricalCrossEntropy(logits, label),
    optimizer: adam({ learningRate: 0.01 }),
  });
}

/** Norm-wise: what networks and trajectories are held to, as in the conformance suite. */
const BUDGET = 1e-5;

describe.each(tfjsEngines)('training a convolutional network on %s', (engine) => {
  it('gives the parameters of the float64 reference, in constant memory', async () => {
    const reference = await trainerOn(createReferenceBackend());
    const backend = await createTfjsBackend({ engine });
    const trainer = await trainerOn(backend);
    const examples = stripes();
    await trainer.fit(examples, { epochs: 1, batchSize: 8 });
    const warm = [backend.memory().allocations, tf.memory().numTensors];
    const { epochs } = await trainer.fit(examples, { epochs: 2, batchSize: 8 });
    expect([backend.memory().allocations, tf.memory().numTensors]).toEqual(warm);
    await reference.fit(examples, { epochs: 1, batchSize: 8 });
    const { epochs: expected } = await reference.fit(examples, { epochs: 2, batchSize: 8 });
    epochs.forEach(({ logs: { loss } }, at) => {
      expect(loss).toBeCloseTo(expected[at]?.logs.loss ?? Number.NaN, 5);
    });
    expect(epochs).toHaveLength(expected.length);
    const own = trainer.variables;
    const exact = reference.variables;
    for (const [name, { data }] of Object.entries(exact.parameters)) {
      const found = own.parameters[name]?.data ?? [];
      let error = 0;
      let norm = 0;
      data.forEach((value, at) => {
        error += (value - (found[at] ?? Number.NaN)) ** 2;
        norm += value ** 2;
      });
      expect(Math.sqrt(error / norm), name).toBeLessThan(BUDGET);
    }
    await backend.dispose();
  });
});
