import type { AbortSignalLike, RunInputs } from '@etalon/spec';
import { DataError } from '@etalon/spec';
import { epochBatches, tensorsOf } from './batches.ts';
import { throwIfAborted } from './check-options.ts';
import type { Examples } from './dataset.ts';
import type { DataProgram, Draws } from './run-on-data.ts';
import { readReport, runOnData } from './run-on-data.ts';
import type { MeanSums } from './running-means.ts';
import { addReport, emptySums } from './running-means.ts';

/** Choices of one evaluation. */
export interface EvaluationOptions extends Draws {
  readonly batchSize: number;
  readonly numMetrics: number;
  readonly signal: AbortSignalLike | undefined;
}

/** Sums loss and metrics over examples. */
export async function evaluateBatches(
  program: DataProgram,
  variables: RunInputs,
  examples: Examples,
  { batchSize, numMetrics, signal, ...draws }: EvaluationOptions,
): Promise<MeanSums> {
  let sums = emptySums(numMetrics);
  for await (const batch of epochBatches(examples, { batchSize })) {
    throwIfAborted(program.where, signal, `batch ${batch.index}`);
    const tensors = await tensorsOf(examples, batch);
    const outputs = await runOnData(program, variables, { batches: [batch], tensors }, draws);
    const [row = []] = await readReport(outputs, 1);
    sums = addReport(sums, row, batch.size);
  }
  if (sums.examples > 0) return sums;
  throw new DataError('EXAMPLES_NONE', `${program.where}: there are no examples, got 0.`);
}
