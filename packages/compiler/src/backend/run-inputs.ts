import type { DeviceTensorV1, DType, HostTensor, ProgramV1, RunInputs } from '@etalon/spec';
import { BackendError, DataError, DTypeError } from '@etalon/spec';
import { requireHostData } from '../prepare/host-data.ts';
import { didYouMean, listNames } from './closest-name.ts';

/** What one input of a program needs to be. */
export interface RunInputDeclaration {
  readonly name: string;
  readonly dtype: DType;
  /** `program › input "name"`. */
  readonly where: string;
}

/** How a backend knows its own tensors. */
export interface DeviceTensorClass<T extends DeviceTensorV1> {
  /** Name of the backend. */
  readonly backend: string;
  /** Tells whether some backend of this package made the value. */
  readonly isTensor: (value: unknown) => value is T;
  /** Name of the tensor's backend, or `undefined` when it is this one. */
  readonly otherOwner: (tensor: T) => string | undefined;
  /** Throws a `DisposedError` for a tensor that has ended. */
  readonly requireLive: (tensor: T, where: string) => void;
}

/** Returns the declarations of a program's inputs, in order. */
export function declareRunInputs(program: ProgramV1): readonly RunInputDeclaration[] {
  return program.inputs.map(({ name, value }) => ({
    name,
    dtype: program.values[value]?.dtype ?? 'float32',
    where: `${program.name} › input "${name}"`,
  }));
}

/**
 * Checks everything about a run's inputs that does not depend on their shapes together, for backends.
 *
 * @returns the tensors in the order of the declarations.
 * @throws {DataError} `INPUT_MISSING`, `INPUT_UNKNOWN`, or `INPUT_INVALID` for a value that is no tensor.
 * @throws {DTypeError} `DTYPE_INPUT` or `DTYPE_INPUT_DATA`.
 * @throws {ShapeError} `SHAPE_DATA_LENGTH` when host data does not fill its shape.
 * @throws {BackendError} `BACKEND_FOREIGN_TENSOR` for a tensor of another backend.
 * @throws {DisposedError} for a tensor that has ended.
 */
export function checkRunInputs<T extends DeviceTensorV1>(
  program: string,
  declarations: readonly RunInputDeclaration[],
  inputs: RunInputs,
  tensors: DeviceTensorClass<T>,
): readonly (HostTensor | T)[] {
  const sources: (HostTensor | T)[] = [];
  for (const declaration of declarations) {
    const value = Object.hasOwn(inputs, declaration.name) ? inputs[declaration.name] : undefined;
    if (value === undefined) throw missing(declaration, declarations, inputs);
    sources.push(checkInput(declaration, value, tensors));
  }
  let given = 0;
  for (const name in inputs) if (Object.hasOwn(inputs, name)) given += 1;
  if (given > declarations.length) throw unknownInput(program, declarations, inputs);
  return sources;
}

function checkInput<T extends DeviceTensorV1>(
  { name, dtype, where }: RunInputDeclaration,
  value: HostTensor | DeviceTensorV1,
  tensors: DeviceTensorClass<T>,
): HostTensor | T {
  const { backend } = tensors;
  const source = tensors.isTensor(value) ? value : undefined;
  if (source !== undefined) {
    const owner = tensors.otherOwner(source);
    if (owner !== undefined) throw foreign(where, backend, owner);
    tensors.requireLive(source, where);
  } else if (!isHostTensor(value)) {
    if (isDeviceTensor(value)) throw foreign(where, backend, 'another engine');
    throw new DataError(
      'INPUT_INVALID',
      `${where}: a tensor is needed, got ${typeof value}.\nExpected { dtype, shape, data } or a tensor that "${backend}" returned.`,
    );
  }
  if (value.dtype !== dtype) {
    throw new DTypeError(
      'DTYPE_INPUT',
      `${where}: the dtype must be ${dtype}, got ${value.dtype}[${value.shape.join(', ')}].`,
      { details: { input: name } },
    );
  }
  if (source !== undefined) return source;
  const host = value as HostTensor;
  requireHostData(where, host);
  return host;
}

function isHostTensor(value: HostTensor | DeviceTensorV1): value is HostTensor {
  return (
    typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.shape)
  );
}

function isDeviceTensor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'read' in value && 'dispose' in value;
}

function foreign(where: string, backend: string, owner: string): BackendError {
  return new BackendError(
    'BACKEND_FOREIGN_TENSOR',
    `${where}: the tensor belongs to another backend, got one of ${owner === backend ? `another "${owner}"` : owner}.\nFix: pass \`await tensor.read()\`.`,
  );
}

function missing(
  { name, where }: RunInputDeclaration,
  declarations: readonly RunInputDeclaration[],
  inputs: RunInputs,
): DataError {
  const declared = new Set(declarations.map((declaration) => declaration.name));
  const extra = Object.keys(inputs).filter((given) => !declared.has(given));
  return new DataError(
    'INPUT_MISSING',
    `${where}: no tensor was passed, got ${listNames(Object.keys(inputs))}.${didYouMeanGiven(name, extra)}\nExpected: ${listNames([...declared])}.`,
    { details: { input: name } },
  );
}

function didYouMeanGiven(name: string, extra: readonly string[]): string {
  const near = didYouMean(name, extra);
  return near === '' ? '' : `${near.replace('Did you mean', 'Is it passed as')}`;
}

function unknownInput(
  program: string,
  declarations: readonly RunInputDeclaration[],
  inputs: RunInputs,
): DataError {
  const known = declarations.map(({ name }) => name);
  const name = Object.keys(inputs).find((given) => !known.includes(given)) ?? '';
  return new DataError(
    'INPUT_UNKNOWN',
    `${program}: the program has no input of this name, got "${name}".${didYouMean(name, known)}\nExpected: ${listNames(known)}.`,
    { details: { input: name } },
  );
}
