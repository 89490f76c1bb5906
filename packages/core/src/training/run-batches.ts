import type { PreparedProgram, RandomKey } from '@etalon/compiler';
import type { DeviceTensorV1, HostTensor, RunInputs, RunOutputs } from '@etalon/spec';
import { DataError } from '@etalon/spec';
import type { PlacedBatch } from './batches.ts';
import { inFieldTerms } from './field-errors.ts';

/** Where one field of one batch goes in a program. */
interface Feed {
  readonly place: number;
  readonly field: string;
  /** `batches/0/inputs/image`. */
  readonly input: string;
}

/** A program on batches of examples: training steps, or an evaluation. */
export interface BatchProgram {
  /** Begins messages: `fit of "digits"`. */
  readonly where: string;
  readonly prepared: PreparedProgram;
  readonly feeds: readonly Feed[];
}

/** Tells where the fields of a task's batches go in a prepared program. */
export function batchProgram(
  where: string,
  prepared: PreparedProgram,
  numBatches: number,
  fields: { readonly inputs: readonly string[]; readonly targets: readonly string[] },
): BatchProgram {
  const feeds = Array.from({ length: numBatches }, (_, place) =>
    Object.entries(fields).flatMap(([role, names]) =>
      names.map((field) => ({ place, field, input: `batches/${place}/${role}/${field}` })),
    ),
  );
  return { where, prepared, feeds: feeds.flat() };
}

/** What selects the random draws of a run. */
export interface Draws {
  readonly key: RandomKey;
  readonly iteration?: readonly number[];
}

/**
 * Runs a program on some batches.
 *
 * @param fixed - inputs that are not data: variables, state, the step's number.
 * @throws {EtalonError} (rejects) about the data in the data set's words.
 */
export async function runBatches(
  { where, prepared, feeds }: BatchProgram,
  fixed: RunInputs,
  batches: readonly PlacedBatch[],
  draws: Draws,
): Promise<RunOutputs> {
  const inputs: Record<string, HostTensor | DeviceTensorV1> = { ...fixed };
  for (const { place, field, input } of feeds) {
    const batch = batches[place];
    const tensor = batch?.tensors[field];
    if (tensor === undefined) {
      throw new DataError(
        'FIELD_MISSING',
        `${where}: batch ${batch?.index} has no field "${field}", got ${JSON.stringify(Object.keys(batch?.tensors ?? {}))}.\nExpected what the examples declare in their \`fields\`.`,
        { details: { field } },
      );
    }
    inputs[input] = tensor;
  }
  try {
    return await prepared.run(inputs, draws);
  } catch (error) {
    throw inFieldTerms(error, where, batches);
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
