import type { BackendV1 } from '@etalon/core';
import { createTrainer, meanSquaredError, sgd, tensor } from '@etalon/core';
import { datasetFromTensors } from '@etalon/datasets';
import { verifyExported } from '@etalon/examples-shared';
import type { Logic } from './perceptron.ts';
import type { TableName } from './tables.ts';
import { inputs, tables, targetsOf } from './tables.ts';

/** What gradient descent learned. */
export interface GradientResult {
  /** Steps until the loss was 0; the most allowed where it never was. */
  readonly steps: number;
  /** For 00, 01, 10 and 11. */
  readonly answers: readonly number[];
  readonly learned: boolean;
  /** Largest difference of the exported model. */
  readonly exportDifference: number;
}

/** Learns a table from all four examples at a time. */
export async function learnByGradient(
  backend: BackendV1,
  model: Logic,
  table: TableName,
  { most }: { readonly most: number },
): Promise<GradientResult> {
  const trainer = await createTrainer(model, {
    backend,
    seed: 6,
    targets: { target: tensor('float32', ['batch', 1]) },
    loss: ({ y }, { target }) => meanSquaredError(y, target),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  const { epochs } = await trainer.fit(
    datasetFromTensors({ x: inputs, target: targetsOf(table) }),
    {
      epochs: most,
      batchSize: 4,
      onEpochEnd: ({ logs }) => (logs.loss === 0 ? 'stop' : undefined),
    },
  );
  const { y } = await trainer.predict({ x: inputs });
  const exportDifference = await verifyExported(
    model.freeze(trainer.variables),
    { x: inputs },
    { y },
  );
  trainer.dispose();
  const answers = [...y.data];
  return {
    steps: epochs.length,
    answers,
    learned: answers.every((answer, at) => answer === tables[table][at]),
    exportDifference,
  };
}
