import type { Batch, Dataset, Fields } from './dataset.ts';
import { DatasetError } from './errors.ts';
import type { HostTensor } from './host-tensor.ts';
import { formatField, formatNames, sameShape } from './internal/fields.ts';
import { checkIndices, scatterRows } from './internal/rows.ts';
import { allocateElements, elementCount, hostTensor } from './internal/tensors.ts';

/**
 * Returns one data set with the examples of all `datasets`, one after another.
 *
 * @param datasets - at least one; all with the same field names, dtypes and shapes
 * @throws {DatasetError} `FIELDS_DIFFER`, or `INVALID_OPTION` for an empty list
 */
export function concatenate<F extends Fields>(datasets: readonly Dataset<F>[]): Dataset<F> {
  const [first] = datasets;
  if (first === undefined) {
    throw new DatasetError('INVALID_OPTION', [
      'concatenate: there is nothing to concatenate, got an empty list.',
      'Expected at least one data set, since the result needs fields.',
    ]);
  }
  const { fields } = first;
  let size = 0;
  const parts = datasets.map((dataset, number) => {
    checkSameFields(number, dataset.fields, fields);
    const start = size;
    size += dataset.size;
    return { dataset, start };
  });
  return {
    size,
    deterministic: datasets.every(({ deterministic }) => deterministic === true),
    fields,
    gather(indices: Uint32Array): Batch<F> {
      checkIndices('gather', indices, size);
      const columns = Object.entries(fields).map(([name, { dtype, shape }]) => {
        const rowLength = elementCount(shape);
        const data = allocateElements(dtype, indices.length * rowLength);
        return { name, rowLength, tensor: hostTensor(dtype, [indices.length, ...shape], data) };
      });
      for (const { dataset, start } of parts) {
        const positions = positionsBetween(indices, start, start + dataset.size);
        if (positions.length === 0) {
          continue;
        }
        const local = positions.map((position) => (indices[position] as number) - start);
        const gathered: Batch = dataset.gather(local);
        for (const { name, rowLength, tensor } of columns) {
          scatterRows((gathered[name] as HostTensor).data, rowLength, positions, tensor.data);
        }
      }
      return Object.fromEntries(columns.map(({ name, tensor }) => [name, tensor])) as Batch<F>;
    },
  };
}

function checkSameFields(number: number, fields: Fields, expected: Fields): void {
  const names = Object.keys(expected);
  const given = Object.keys(fields);
  if (given.length !== names.length || names.some((name) => !Object.hasOwn(fields, name))) {
    throw new DatasetError('FIELDS_DIFFER', [
      `concatenate: data set ${number} has other fields than data set 0, got ${formatNames(fields)}.`,
      `Expected ${formatNames(expected)}.`,
    ]);
  }
  for (const [name, field] of Object.entries(expected)) {
    const other = fields[name];
    if (
      other !== undefined &&
      (other.dtype !== field.dtype || !sameShape(other.shape, field.shape))
    ) {
      throw new DatasetError('FIELDS_DIFFER', [
        `concatenate: field ${JSON.stringify(name)} of data set ${number} differs from data set 0, got ${formatField(other)}.`,
        `Expected ${formatField(field)}.`,
      ]);
    }
  }
}

function positionsBetween(indices: Uint32Array, start: number, end: number): Uint32Array {
  const positions = new Uint32Array(indices.length);
  let count = 0;
  for (let position = 0; position < indices.length; position += 1) {
    const index = indices[position] as number;
    if (index >= start && index < end) {
      positions[count] = position;
      count += 1;
    }
  }
  return positions.subarray(0, count);
}
