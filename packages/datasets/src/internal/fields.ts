import type { Dataset, Fields, FieldType } from '../dataset.ts';
import { DatasetError } from '../errors.ts';
import { formatType } from './tensors.ts';

export function requireField<F extends Fields, Name extends keyof F & string>(
  where: string,
  dataset: Dataset<F>,
  name: Name,
): F[Name] {
  if (!Object.hasOwn(dataset.fields, name)) {
    throw new DatasetError('UNKNOWN_FIELD', [
      `${where}: the data set has no such field, got ${JSON.stringify(name)}.`,
      `Fields: ${formatNames(dataset.fields)}.`,
    ]);
  }
  return dataset.fields[name];
}

export function formatNames(fields: object): string {
  const names = Object.keys(fields);
  return names.length === 0 ? 'none' : names.map((name) => JSON.stringify(name)).join(', ');
}

export function formatField(field: FieldType): string {
  return formatType(field.dtype, field.shape);
}

export function sameShape(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}
