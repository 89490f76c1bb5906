import { TRAINING_BANDS } from '@etalon/conformance';
import type { Optimizer } from '@etalon/core';
import {
  adam,
  createTrainer,
  defineModel,
  dense,
  sequential,
  sgd,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossEntropy,
  tensor,
} from '@etalon/core';
import { datasetFromTensors } from '@etalon/datasets';
import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1 } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { createMinimalBackend } from '../src/index.ts';

/** Two rings, one inside the other: no straight line parts them. */
const SIZE = 192;
const points = Array.from({ length: SIZE }, (_, i) => {
  const angle = (i * 2 * Math.PI * 5) / SIZE;
  const radius = i % 2 === 0 ? 0.4 : 1;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
});
const rings = datasetFromTensors({
  point: { dtype: 'float32', shape: [SIZE, 2], data: Float32Array.from(points.flat()) },
  ring: { dtype: 'int32', shape: [SIZE], data: Int32Array.from(points, (_, i) => i % 2) },
});

const model = defineModel({
  name: 'rings',
  inputs: { point: tensor('float32', ['batch', 2]) },
  build: ({ point }) => ({
    logits: sequential(
      dense(16, { activation: 'tanh' }),
      dense(16, { activation: 'relu' }),
      dense(2),
    )(point),
  }),
});

async function train(backend: BackendV1, optimizer: Optimizer) {
  const trainer = await createTrainer(model, {
    backend,
    seed: 7,
    targets: { ring: tensor('int32', ['batch']) },
    loss: ({ logits }, { ring }) => sparseCategoricalCrossEntropy(logits, ring),
    optimizer,
    metrics: { accuracy: sparseCategoricalAccuracy('logits', 'ring') },
  });
  const { epochs } = await trainer.fit(rings, { epochs: 20, batchSize: 32 });
  const { accuracy } = await trainer.evaluate(rings);
  return { losses: epochs.map(({ logs }) => logs.loss), accuracy };
}

describe.each([
  ['sgd', () => sgd({ learningRate: 0.3 })],
  ['adam', () => adam({ learningRate: 0.02 })],
] as const)('training by %s', (_, optimizer) => {
  it('learns, along the curve of the reference', async () => {
    const minimal = await train(createMinimalBackend(), optimizer());
    const reference = await train(createReferenceBackend(), optimizer());
    const band = TRAINING_BANDS.cpu * (reference.losses[0] ?? 0);
    for (const [epoch, loss] of minimal.losses.entries()) {
      expect(Math.abs(loss - (reference.losses[epoch] ?? 0)), `epoch ${epoch}`).toBeLessThan(band);
    }
    expect(minimal.losses).toHaveLength(20);
    expect(minimal.accuracy).toBe(reference.accuracy);
    expect(minimal.accuracy).toBeGreaterThan(0.95);
  });
});
