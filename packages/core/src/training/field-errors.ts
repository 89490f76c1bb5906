import type { EtalonErrorOptions, HostTensor } from '@etalon/spec';
import { EtalonError } from '@etalon/spec';
import type { PlacedBatch } from './batches.ts';
import type { ExampleBatch } from './dataset.ts';

// Names that the training programs give to fields.
const dataInput = /input "(?:batch|data)\/(?:inputs|targets)\/([^"]+)"/gu;

/** Where the rows of tensors come from. */
interface RowSource {
  readonly tensors: ExampleBatch;
  /** Batches one after another; none where the rows are the data set itself. */
  readonly batches: readonly PlacedBatch[];
}

/**
 * Returns an error about the inputs of a training or evaluation program in the words of the data set: the field, the
 * batch and, where one value is to blame, the example. Other errors come back as they are.
 *
 * @param where - begins the message: `fit of "digits"`.
 * @param source - the data of the call that failed.
 */
export function inFieldTerms(error: unknown, where: string, source: RowSource): unknown {
  if (!EtalonError.isInstance(error)) return error;
  const mentioned = `input "${error.details.input}"`;
  const [, field] = new RegExp(dataInput.source, 'u').exec(mentioned) ?? [];
  const at = error.message.indexOf(mentioned);
  if (field === undefined || at < 0) return error;
  const fault = error.message.slice(at + mentioned.length);
  const row = rowOf(source.tensors[field], error.details.index);
  const { batch, example } = placeOf(source, row);
  const blame = example === undefined ? '' : `\nIt is example ${example} of the data set.`;
  const options: EtalonErrorOptions = {
    cause: error,
    details: {
      ...error.details,
      field,
      ...(batch !== undefined && { batch }),
      ...(example !== undefined && { example }),
    },
  };
  // The same class: it says what kind of fault this is.
  return new (error.constructor as typeof EtalonError)(
    error.code,
    `${where} › field "${field}"${batch === undefined ? '' : ` of batch ${batch}`}${fault.replace(dataInput, 'field "$1"')}${blame}`,
    options,
  );
}

// The first wrong index is the first element of its value.
function rowOf(tensor: HostTensor | undefined, value: unknown): number | undefined {
  const [numRows = 0] = tensor?.shape ?? [];
  if (tensor === undefined || typeof value !== 'number') return undefined;
  const at = tensor.data.indexOf(value);
  return at < 0 ? undefined : Math.floor((at * numRows) / tensor.data.length);
}

function placeOf(
  { batches }: RowSource,
  row: number | undefined,
): { readonly batch?: number; readonly example?: number } {
  const [first] = batches;
  if (first === undefined) return row === undefined ? {} : { example: row };
  if (row === undefined) return { batch: first.index };
  // Batches of one call share a size.
  const batch = batches[Math.floor(row / first.size)] ?? first;
  const example = batch.examples?.[row % first.size];
  return { batch: batch.index, ...(example !== undefined && { example }) };
}
