import type { Batch, Dataset, Fields, FieldType } from './dataset.ts';
import { DatasetError } from './errors.ts';
import type { DType, HostTensor, HostTensorOf } from './host-tensor.ts';
import { formatNames, requireField, sameShape } from './internal/fields.ts';
import { checkShape, checkTensor, formatType } from './internal/tensors.ts';

/** The fields `F` with `Name` replaced by a field of dtype `D`. */
export type FieldReplaced<F extends Fields, Name extends keyof F, D extends DType> = {
  readonly [Key in keyof F]: Key extends Name ? FieldType<D> : F[Key];
};

/** How to map. */
export interface MapOptions {
  /** Whether `map` gives the same for the same example each time; default true. False for random augmentation. */
  readonly deterministic?: boolean;
}

/**
 * Returns `dataset` with each batch passed through `map`.
 *
 * `map` runs when examples are gathered, once for each gathering: of a batch, or of all examples where training keeps
 * them on the device. It must be a pure function of each example unless `deterministic` is false.
 *
 * @param fields - what one example holds after the mapping
 * @param map - from a batch of the old fields to one of the new, with the same number of examples
 * @throws {DatasetError} `INVALID_TENSOR` for an impossible shape; from `gather`, `MAP_RESULT_MISMATCH`
 * when `map` returns something else than `fields` declares
 */
export function mapExamples<F extends Fields, const G extends Fields>(
  dataset: Dataset<F>,
  fields: G,
  map: (batch: Batch<F>) => Batch<G>,
  { deterministic = true }: MapOptions = {},
): Dataset<G> {
  for (const [name, field] of Object.entries(fields)) {
    checkShape(`mapExamples › ${name}`, field.shape);
  }
  return {
    size: dataset.size,
    deterministic: dataset.deterministic === true && deterministic,
    fields,
    gather(indices: Uint32Array): Batch<G> {
      const mapped = map(dataset.gather(indices));
      checkResult('mapExamples', mapped, fields, indices.length);
      return mapped;
    },
  };
}

/**
 * Returns `dataset` with one field passed through `map`, the others unchanged.
 *
 * `map` runs as for {@link mapExamples}; it gets the stacked field, `[count, ...shape]`.
 *
 * @param field - dtype and shape of one example of the field after the mapping
 * @param map - from the stacked field to the new one, `[count, ...field.shape]`
 * @throws {DatasetError} `UNKNOWN_FIELD`, `INVALID_TENSOR`; from `gather`, `MAP_RESULT_MISMATCH`
 * @example
 * ```ts
 * const flat = mapField(train, 'image', { dtype: 'uint8', shape: [784] }, ({ dtype, shape, data }) => ({
 *   dtype, shape: [shape[0] ?? 0, 784], data,
 * }));
 * ```
 */
export function mapField<F extends Fields, Name extends keyof F & string, D extends DType>(
  dataset: Dataset<F>,
  name: Name,
  field: FieldType<D>,
  map: (tensor: HostTensorOf<F[Name]['dtype']>) => HostTensorOf<NoInfer<D>>,
  { deterministic = true }: MapOptions = {},
): Dataset<FieldReplaced<F, Name, D>> {
  requireField('mapField', dataset, name);
  checkShape(`mapField › ${name}`, field.shape);
  const fields = { ...dataset.fields, [name]: field } as FieldReplaced<F, Name, D>;
  return {
    size: dataset.size,
    deterministic: dataset.deterministic === true && deterministic,
    fields,
    gather(indices: Uint32Array): Batch<FieldReplaced<F, Name, D>> {
      const batch = dataset.gather(indices);
      const mapped = { ...batch, [name]: map(batch[name]) } as Batch<FieldReplaced<F, Name, D>>;
      checkResult('mapField', mapped, fields, indices.length);
      return mapped;
    },
  };
}

function checkResult(where: string, batch: Batch, fields: Fields, count: number): void {
  const names = Object.keys(fields);
  const given = Object.keys(batch);
  if (given.length !== names.length || names.some((name) => !Object.hasOwn(batch, name))) {
    throw new DatasetError('MAP_RESULT_MISMATCH', [
      `${where}: the mapped batch has other fields than declared, got ${formatNames(batch)}.`,
      `Expected ${formatNames(fields)}.`,
    ]);
  }
  for (const [name, { dtype, shape }] of Object.entries(fields)) {
    const tensor = batch[name] as HostTensor;
    checkTensor(`${where} › ${name}`, tensor);
    const expected = [count, ...shape];
    if (tensor.dtype !== dtype || !sameShape(tensor.shape, expected)) {
      throw new DatasetError('MAP_RESULT_MISMATCH', [
        `${where} › ${name}: the mapped field differs from its declaration, got ${formatType(tensor.dtype, tensor.shape)}.`,
        `Expected ${formatType(dtype, expected)} for ${count} examples.`,
      ]);
    }
  }
}
