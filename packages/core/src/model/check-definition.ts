import type { Tensor } from '@etalon/compiler';
import { formatShape, formatType, isTensor, isTensorType, shapesEqual } from '@etalon/compiler';
import type { Dimension } from '@etalon/spec';
import { DataError, DTypeError, ProgramError, ShapeError } from '@etalon/spec';
import type { VariableDeclaration } from './build-context.ts';
import type { InputTypes } from './model.ts';

// Names of a program's inputs beside those of the model; see Model.program.
const reserved: readonly string[] = ['parameters', 'state'];

/**
 * Checks a model's inputs.
 *
 * @throws {ProgramError} when one is no declaration, or its name is empty, reserved or holds a `/`.
 */
export function requireInputs(model: string, inputs: Readonly<Record<string, unknown>>): void {
  for (const [name, type] of Object.entries(inputs)) {
    if (!isTensorType(type)) {
      throw new ProgramError(
        'MODEL_INPUT',
        `model "${model}": input "${name}" must be a declaration, got ${describe(type)}.\nFix: declare it with tensor('float32', ['batch', …]).`,
        { details: { model, input: name } },
      );
    }
    requireName(model, 'input', name);
  }
}

function requireName(model: string, kind: 'input' | 'output', name: string): void {
  const fault =
    name === '' || name.includes('/')
      ? 'must be a word without "/"'
      : kind === 'input' && reserved.includes(name)
        ? 'is taken by the variables'
        : undefined;
  if (fault === undefined) return;
  throw new ProgramError(
    'MODEL_NAME',
    `model "${model}": the name of an ${kind} ${fault}, got ${JSON.stringify(name)}.\nFix: give the ${kind} another name.`,
    { details: { model, [kind]: name } },
  );
}

/**
 * Checks what a model's build function returned.
 *
 * @throws {ProgramError} when that is not at least one tensor by name.
 */
export function requireOutputs(model: string, outputs: unknown): void {
  const entries =
    typeof outputs === 'object' && outputs !== null && !isTensor(outputs)
      ? Object.entries(outputs)
      : [];
  const wrong = entries.find(([, output]) => !isTensor(output));
  for (const [name] of entries) requireName(model, 'output', name);
  if (entries.length > 0 && wrong === undefined) return;
  const got = wrong === undefined ? describe(outputs) : `${describe(wrong[1])} as "${wrong[0]}"`;
  throw new ProgramError(
    'MODEL_OUTPUT',
    `model "${model}": build must return tensors by name, got ${got}.\nFix: return an object such as { logits }.`,
    { details: { model } },
  );
}

/**
 * Checks the tensors that a model is applied to, as far as the model's declarations tell.
 *
 * @throws {DataError} when an input is missing.
 * @throws {DTypeError} when an input has another dtype.
 * @throws {ShapeError} when an input has another rank, or another size where the model's is fixed.
 */
export function requireApplied(
  model: string,
  types: InputTypes,
  inputs: Readonly<Record<string, unknown>>,
): void {
  for (const [name, type] of Object.entries(types)) {
    const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    const where = `model "${model}" › input "${name}"`;
    const details = { model, input: name };
    if (!isTensor(given)) {
      throw new DataError(
        'MODEL_INPUT_MISSING',
        `${where}: apply() needs a tensor for this input, got ${describe(given)} among ${JSON.stringify(Object.keys(inputs))}.`,
        { details },
      );
    }
    if (given.dtype !== type.dtype) {
      throw new DTypeError(
        'DTYPE_MODEL_INPUT',
        `${where}: the dtype must be ${type.dtype}, got ${formatType(given)}.`,
        { details },
      );
    }
    const fits =
      given.shape.length === type.shape.length &&
      type.shape.every((size, axis) => mayEqual(size, given.shape[axis] ?? 0));
    if (!fits) {
      throw new ShapeError(
        'SHAPE_MODEL_INPUT',
        `${where}: the shape must be ${formatShape(type.shape)}, got ${formatType(given)}.`,
        { details },
      );
    }
  }
}

// Names are the caller's own in a program of theirs: only two numbers can disagree for sure.
function mayEqual(declared: Dimension, given: Dimension): boolean {
  return typeof declared !== 'number' || typeof given !== 'number' || declared === given;
}

/**
 * Checks a variable that a model is applied with.
 *
 * @throws {ShapeError} when it is not float32 of the declared shape.
 */
export function requireVariableShape(
  model: string,
  role: 'parameters' | 'state',
  { path, shape }: VariableDeclaration,
  given: Tensor,
): void {
  if (given.dtype === 'float32' && shapesEqual(given.shape, shape)) return;
  throw new ShapeError(
    'SHAPE_VARIABLE',
    `model "${model}" › ${role} "${path}": the tensor must be float32${formatShape(shape)}, got ${formatType(given)}.`,
    { details: { model, path } },
  );
}

function describe(value: unknown): string {
  if (isTensor(value)) return `a tensor ${formatType(value)}`;
  return typeof value === 'object' ? (JSON.stringify(value)?.slice(0, 60) ?? '') : String(value);
}
