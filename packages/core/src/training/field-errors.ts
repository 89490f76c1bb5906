import type { EtalonErrorOptions } from '@etalon/spec';
import { EtalonError } from '@etalon/spec';
import type { PlacedBatch } from './batches.ts';

// Names that stepProgram gives to the tensors of a batch.
const dataInput = /input "batches\/(\d+)\/(?:inputs|targets)\/([^"]+)"/gu;

/**
 * Returns an error about the inputs of a training or evaluation program in the words of the data set: the field, the
 * batch and, where one value is to blame, the example. Other errors come back as they are.
 *
 * @param where - begins the message: `fit of "digits"`.
 * @param batches - batches of the call that failed.
 */
export function inFieldTerms(
  error: unknown,
  where: string,
  batches: readonly PlacedBatch[],
): unknown {
  if (!EtalonError.isInstance(error)) return error;
  const input = String(error.details.input);
  const [, place, field] = new RegExp(dataInput.source, 'u').exec(`input "${input}"`) ?? [];
  const batch = batches[Number(place)];
  const mentioned = `input "${input}"`;
  const at = error.message.indexOf(mentioned);
  if (batch === undefined || field === undefined || at < 0) return error;
  const fault = error.message.slice(at + mentioned.length);
  const example = exampleOf(batch, field, error.details.index);
  const blame = example === undefined ? '' : `\nIt is example ${example} of the data set.`;
  const options: EtalonErrorOptions = {
    cause: error,
    details: {
      ...error.details,
      field,
      batch: batch.index,
      ...(example !== undefined && { example }),
    },
  };
  // The same class: it says what kind of fault this is.
  return new (error.constructor as typeof EtalonError)(
    error.code,
    `${where} › field "${field}" of batch ${batch.index}${fault.replace(dataInput, 'field "$2"')}${blame}`,
    options,
  );
}

// The first wrong index is the first element of its value.
function exampleOf(
  { examples, tensors }: PlacedBatch,
  field: string,
  value: unknown,
): number | undefined {
  const tensor = tensors[field];
  if (examples === undefined || tensor === undefined || typeof value !== 'number') return undefined;
  const at = tensor.data.indexOf(value);
  return at < 0 ? undefined : examples[Math.floor((at * examples.length) / tensor.data.length)];
}
