import type { PreparedProgram, RandomKey } from '@etalon/compiler';
import type { DeviceTensorV1, HostTensor, RunInputs, RunOutputs } from '@etalon/spec';
import { DataError } from '@etalon/spec';
import type { PlacedBatch } from './batches.ts';
import type { ExampleBatch } from './dataset.ts';
import { inFieldTerms } from './field-errors.ts';

/** Names of a task's fields. */
export interface FieldNames {
  readonly inputs: readonly string[];
  readonly targets: readonly string[];
}

/** A program on examples: training steps, or an evaluation. */
export interface DataProgram {
  /** Begins messages: `fit of "digits"`. */
  readonly where: string;
  readonly prepared: PreparedProgram;
  /** First part of the names of the inputs that take fields: `batch` or `data`. */
  readonly place: 'batch' | 'data';
  readonly fields: FieldNames;
}

/** Fields by the names of the program's inputs: `batch/inputs/image`. */
export function fieldInputs<T>(
  { where, place, fields }: Pick<DataProgram, 'where' | 'place' | 'fields'>,
  tensors: Readonly<Record<string, T>>,
  batch?: PlacedBatch,
): Readonly<Record<string, T>> {
  const inputs: Record<string, T> = {};
  for (const [role, names] of Object.entries(fields)) {
    for (const field of names) {
      const tensor = tensors[field];
      if (tensor === undefined) throw noField(where, field, tensors, batch);
      inputs[`${place}/${role}/${field}`] = tensor;
    }
  }
  return inputs;
}

function noField(
  where: string,
  field: string,
  tensors: Readonly<Record<string, unknown>>,
  batch: PlacedBatch | undefined,
): DataError {
  return new DataError(
    'FIELD_MISSING',
    `${where}: ${batch === undefined ? 'the data' : `batch ${batch.index}`} has no field "${field}", got ${JSON.stringify(Object.keys(tensors))}.\nExpected what the examples declare in their \`fields\`.`,
    { details: { field } },
  );
}

/** What selects the random draws of a run. */
export interface Draws {
  readonly key: RandomKey;
  readonly iteration?: readonly number[];
}

/** Examples on the host. */
export interface HostData {
  /** Where they come from, in the order of the rows. */
  readonly batches: readonly PlacedBatch[];
  readonly tensors: ExampleBatch;
}

/**
 * Runs a program on examples that are on the host.
 *
 * @param fixed - inputs that are not data: variables, state, the step's number.
 * @throws {EtalonError} (rejects) about the data in the data set's words.
 */
export async function runOnData(
  program: DataProgram,
  fixed: RunInputs,
  data: HostData,
  draws: Draws,
): Promise<RunOutputs> {
  const { where, prepared } = program;
  const inputs: Record<string, HostTensor | DeviceTensorV1> = {
    ...fixed,
    ...fieldInputs(program, data.tensors, data.batches[0]),
  };
  try {
    return await prepared.run(inputs, draws);
  } catch (error) {
    throw inFieldTerms(error, where, data);
  }
}

/** Reads the report of a program, a row for each batch, and disposes it. */
export async function readReport(
  { report }: RunOutputs,
  numRows: number,
): Promise<readonly ArrayLike<number>[]> {
  if (report === undefined) return [];
  try {
    const { data } = await report.read();
    const width = data.length / numRows;
    return Array.from({ length: numRows }, (_, row) =>
      data.subarray(row * width, (row + 1) * width),
    );
  } finally {
    report.dispose();
  }
}
