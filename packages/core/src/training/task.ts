import type { Tensor } from '@etalon/compiler';
import { formatShape, tensor } from '@etalon/compiler';
import type { Dimension, DType } from '@etalon/spec';
import { DataError, DTypeError, ShapeError } from '@etalon/spec';
import type { InputTypes, NamedTensors } from '../model/model.ts';
import type { Examples } from './dataset.ts';
import type { TargetTypes, TrainingTask } from './one-step.ts';
import type { FieldNames } from './run-on-data.ts';

/** The axis that counts examples: the first of the model's first input. */
export function batchDimension(inputs: InputTypes): Dimension {
  return Object.values(inputs)[0]?.shape[0] ?? 'batch';
}

/** Declares a target for each field of the examples that is not an input of the model. */
export function targetsOf(examples: Examples, inputs: InputTypes): TargetTypes {
  const batch = batchDimension(inputs);
  return Object.fromEntries(
    Object.entries(examples.fields)
      .filter(([name]) => !Object.hasOwn(inputs, name))
      .map(([name, { dtype, shape }]) => [name, tensor(dtype, [batch, ...shape])]),
  );
}

type Types = Readonly<Record<string, Pick<Tensor, 'dtype' | 'shape'>>>;

/**
 * Checks that examples have every field that a task reads, with its dtype and shape.
 *
 * @throws {DataError} when a field is missing.
 * @throws {DTypeError} when a field has another dtype.
 * @throws {ShapeError} when a field's example has another shape.
 */
export function requireFields(
  where: string,
  { fields }: Pick<Examples, 'fields'>,
  types: Types,
): void {
  for (const [name, field] of requireDTypes(where, fields, types)) {
    const [, ...expected] = types[name]?.shape ?? [];
    const fits =
      expected.length === field.shape.length &&
      expected.every((size, axis) => typeof size !== 'number' || size === field.shape[axis]);
    if (fits) continue;
    throw new ShapeError(
      'FIELD_SHAPE',
      `${where}: an example of field "${name}" must have shape ${formatShape(expected)}, got [${field.shape.join(', ')}].`,
      { details: { field: name } },
    );
  }
}

/**
 * Checks that there is something of the right dtype for each name, and returns these things by name.
 *
 * @throws {DataError} when one is missing.
 * @throws {DTypeError} when one has another dtype.
 */
export function requireDTypes<F extends { readonly dtype: DType }>(
  where: string,
  fields: Readonly<Record<string, F>>,
  types: Types,
): readonly (readonly [string, F])[] {
  return Object.entries(types).map(([name, { dtype }]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      throw new DataError(
        'FIELD_MISSING',
        `${where}: there is no field "${name}", got ${JSON.stringify(Object.keys(fields))}.\nFix: rename a field of the examples to "${name}".`,
        { details: { field: name } },
      );
    }
    if (field.dtype !== dtype) {
      throw new DTypeError(
        'FIELD_DTYPE',
        `${where}: field "${name}" must be ${dtype}, got ${field.dtype}.\nFix: convert it when the data set is made${field.dtype === 'uint8' ? ', for images with imagesToFloat() of @etalon/datasets' : ''}.`,
        { details: { field: name } },
      );
    }
    return [name, field] as const;
  });
}

/** Returns the names of a task's fields. */
export function fieldNames<I extends InputTypes, O extends NamedTensors>({
  model,
  targets,
}: TrainingTask<I, O>): FieldNames {
  return { inputs: Object.keys(model.inputs), targets: Object.keys(targets) };
}
