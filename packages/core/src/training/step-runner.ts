import type {
  BackendManifestV1,
  DeviceTensorV1,
  HostTensor,
  RunInputs,
  RunOutputs,
} from '@etalon/spec';
import type { PlacedBatch } from './batches.ts';
import { examplesOf, tensorsOf } from './batches.ts';
import { bytesPerExample, drawBytesPerStep } from './call-bytes.ts';
import type { ExampleBatch, Examples, IndexedExamples } from './dataset.ts';
import { isIndexed } from './dataset.ts';
import { inFieldTerms } from './field-errors.ts';
import type { DataProgram, Draws } from './run-on-data.ts';
import { fieldInputs, runOnData } from './run-on-data.ts';

/** A way to run training steps on a backend, with its data. */
export interface StepRunner {
  /** Most steps that one call can make. */
  readonly limit: number;
  /** Runs a step for each batch, all of one size. */
  run(fixed: RunInputs, batches: readonly PlacedBatch[], draws: Draws): Promise<RunOutputs>;
  /** Frees the data. */
  dispose(): void;
}

/** Runs one step in a call. */
export function singleSteps(program: DataProgram, examples: Examples): StepRunner {
  return {
    limit: 1,
    run: async (fixed, [batch], draws) => {
      if (batch === undefined) return {};
      const tensors = await tensorsOf(examples, batch);
      return runOnData(program, fixed, { batches: [batch], tensors }, draws);
    },
    dispose: () => undefined,
  };
}

/** Bytes of one call's data and draws beside the state: a choice, small beside what an engine takes for itself. */
const callBytes = 64 * 1024 * 1024;

/** Bytes of a data set that is kept on the device: a choice, below what 32-bit engines address. */
const residentBytes = 1024 * 1024 * 1024;

/** Runs many steps in a call, on data that is kept on the device where that is possible, else handed over by the call. */
export async function loopedSteps(
  program: DataProgram,
  examples: Examples,
  batchSize: number,
  { deviceInputs }: BackendManifestV1,
): Promise<StepRunner> {
  const example = bytesPerExample(program, examples);
  const drawn = drawBytesPerStep(program.prepared, examples, batchSize);
  const fits = isIndexed(examples) && examples.size > 0 && example * examples.size <= residentBytes;
  if (deviceInputs === 'resident' && fits && examples.deterministic === true) {
    return onDevice(program, examples, limitOf(drawn));
  }
  return byTheCall(program, examples, limitOf(drawn + example * batchSize));
}

function limitOf(bytesPerStep: number): number {
  return bytesPerStep === 0 ? Number.POSITIVE_INFINITY : Math.floor(callBytes / bytesPerStep);
}

async function onDevice(
  program: DataProgram,
  examples: IndexedExamples,
  limit: number,
): Promise<StepRunner> {
  const { where, prepared } = program;
  const tensors = examples.whole?.() ?? (await gatherAll(examples));
  const placed: Record<string, DeviceTensorV1> = {};
  const dispose = (): void => {
    for (const tensor of Object.values(placed)) tensor.dispose();
  };
  try {
    for (const [name, tensor] of Object.entries(fieldInputs(program, tensors))) {
      placed[name] = await prepared.upload(name, tensor);
    }
  } catch (error) {
    dispose();
    throw inFieldTerms(error, where, { tensors, batches: [] });
  }
  return {
    limit,
    run: (fixed, batches, draws) => {
      const indices = indexTensor(examplesOf(batches), batches.length);
      return prepared.run({ ...fixed, ...placed, indices }, draws);
    },
    dispose,
  };
}

function gatherAll(examples: IndexedExamples): ExampleBatch | Promise<ExampleBatch> {
  return examples.gather(Uint32Array.from({ length: examples.size }, (_, index) => index));
}

function byTheCall(program: DataProgram, examples: Examples, limit: number): StepRunner {
  return {
    limit,
    run: async (fixed, batches, draws) => {
      const [first, ...others] = batches;
      if (first === undefined) return {};
      for (const batch of batches) {
        if (batch.tensors !== undefined) fieldInputs(program, batch.tensors, batch);
      }
      const tensors = await tensorsOf(examples, first, ...others);
      const rows = Uint32Array.from({ length: first.size * batches.length }, (_, row) => row);
      const indices = indexTensor(rows, batches.length);
      return runOnData(program, { ...fixed, indices }, { batches, tensors }, draws);
    },
    dispose: () => undefined,
  };
}

function indexTensor(rows: Uint32Array, numBatches: number): HostTensor {
  const shape = [numBatches, rows.length / numBatches];
  return { dtype: 'int32', shape, data: Int32Array.from(rows) };
}
