import type { Batch, Dataset, FieldType } from './dataset.ts';
import { DatasetError } from './errors.ts';
import type { HostTensor } from './host-tensor.ts';
import { checkIndices, gatherRows } from './internal/rows.ts';
import {
  allocateElements,
  checkTensor,
  elementCount,
  formatType,
  hostTensor,
} from './internal/tensors.ts';

/** The fields of a data set made of the tensors `T`. */
export type FieldsOfTensors<T extends Readonly<Record<string, HostTensor>>> = {
  readonly [Name in keyof T]: FieldType<T[Name]['dtype']>;
};

/**
 * Returns a data set over tensors whose first axis runs over the examples.
 *
 * The tensors are borrowed, not copied: they must not change while the data set is in use.
 *
 * @param tensors - by field name, each of shape `[size, ...field shape]`, of any dtype
 * @throws {DatasetError} `NO_FIELDS`, `INVALID_TENSOR`, or `SIZES_DIFFER` when first axes differ
 * @example
 * ```ts
 * const points = datasetFromTensors({
 *   x: { dtype: 'float32', shape: [4, 2], data: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]) },
 *   y: { dtype: 'int32', shape: [4], data: new Int32Array([0, 1, 1, 0]) },
 * });
 * points.gather(new Uint32Array([3, 0])).y.data; // Int32Array [0, 0]
 * ```
 */
export function datasetFromTensors<const T extends Readonly<Record<string, HostTensor>>>(
  tensors: T,
): Dataset<FieldsOfTensors<T>> {
  const where = 'datasetFromTensors';
  const columns = Object.entries(tensors).map(([name, tensor]) => toColumn(where, name, tensor));
  const [first] = columns;
  if (first === undefined) {
    throw new DatasetError('NO_FIELDS', [
      `${where}: a data set needs at least one field, got none.`,
      'Fix: pass named tensors, for example { image, label }.',
    ]);
  }
  for (const column of columns) {
    if (column.size !== first.size) {
      throw new DatasetError('SIZES_DIFFER', [
        `${where}: fields differ in their number of examples, got ${describe(first)} and ${describe(column)}.`,
        'Expected the same size along the first axis of every field.',
      ]);
    }
  }
  const { size } = first;
  const fields = Object.fromEntries(
    columns.map(({ name, tensor, shape }) => [name, { dtype: tensor.dtype, shape }]),
  ) as FieldsOfTensors<T>;
  return {
    size,
    deterministic: true,
    fields,
    whole: () =>
      Object.fromEntries(columns.map(({ name, tensor }) => [name, tensor])) as Batch<
        FieldsOfTensors<T>
      >,
    gather(indices: Uint32Array): Batch<FieldsOfTensors<T>> {
      checkIndices('gather', indices, size);
      return Object.fromEntries(
        columns.map((column) => [column.name, gatherColumn(column, indices)]),
      ) as Batch<FieldsOfTensors<T>>;
    },
  };
}

interface Column {
  readonly name: string;
  readonly tensor: HostTensor;
  readonly size: number;
  readonly shape: readonly number[];
  readonly rowLength: number;
}

function toColumn(where: string, name: string, tensor: HostTensor): Column {
  const subject = `${where} › ${name}`;
  checkTensor(subject, tensor);
  const [size, ...shape] = tensor.shape;
  if (size === undefined) {
    throw new DatasetError('INVALID_TENSOR', [
      `${subject}: a field needs a first axis that runs over the examples, got ${tensor.dtype}[].`,
      'Expected a shape of [size, ...shape of one example].',
    ]);
  }
  return { name, tensor, size, shape, rowLength: elementCount(shape) };
}

function gatherColumn({ tensor, shape, rowLength }: Column, indices: Uint32Array): HostTensor {
  const data = allocateElements(tensor.dtype, indices.length * rowLength);
  gatherRows(tensor.data, rowLength, indices, data);
  return hostTensor(tensor.dtype, [indices.length, ...shape], data);
}

function describe({ name, tensor }: Column): string {
  return `${JSON.stringify(name)} ${formatType(tensor.dtype, tensor.shape)}`;
}
