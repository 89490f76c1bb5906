import type { DeviceTensorV1, DType, HostTensor, ProgramV1, RunInputs } from '@etalon/spec';
import { BackendError, DataError, DTypeError, ShapeError } from '@etalon/spec';
import { didYouMean, listNames } from './closest-name.ts';
import type { EngineMemory } from './device-tensor.ts';
import { PooledTensor } from './device-tensor.ts';
import { carries, elementCountOf } from './host-tensor.ts';

/** A run's input after its checks. */
export type Source = HostTensor | PooledTensor;

/** What one input of a program needs to be. */
export interface InputDeclaration {
  readonly name: string;
  readonly dtype: DType;
  /** `program › input "name"`. */
  readonly where: string;
}

/** Returns the declarations of a program's inputs, in order. */
export function declareInputs(program: ProgramV1): readonly InputDeclaration[] {
  return program.inputs.map(({ name, value }) => ({
    name,
    dtype: program.values[value]?.dtype ?? 'float32',
    where: `${program.name} › input "${name}"`,
  }));
}

/**
 * Checks everything about a run's inputs that does not depend on their shapes together.
 *
 * @returns the tensors in the order of the declarations; nothing is pinned yet.
 * @throws {DataError} for a missing or unknown input, or a value that is no tensor.
 * @throws {DTypeError | ShapeError | DisposedError | BackendError} for a tensor that cannot be used.
 */
export function checkInputs(
  program: string,
  declarations: readonly InputDeclaration[],
  inputs: RunInputs,
  memory: EngineMemory,
): readonly Source[] {
  const sources: Source[] = [];
  for (const declaration of declarations) {
    const value = Object.hasOwn(inputs, declaration.name) ? inputs[declaration.name] : undefined;
    if (value === undefined) throw missing(declaration, declarations, inputs);
    sources.push(checkInput(declaration, value, memory));
  }
  let given = 0;
  for (const name in inputs) if (Object.hasOwn(inputs, name)) given += 1;
  if (given > declarations.length) throw unknownInput(program, declarations, inputs);
  return sources;
}

function checkInput(
  declaration: InputDeclaration,
  value: HostTensor | DeviceTensorV1,
  memory: EngineMemory,
): Source {
  const { where } = declaration;
  if (value instanceof PooledTensor) {
    if (value.memory !== memory) throw foreign(where, memory.name, value.memory.name);
    value.use(where);
  } else if (!isHostTensor(value)) {
    if (isDeviceTensor(value)) throw foreign(where, memory.name, 'another engine');
    throw new DataError(
      'INPUT_INVALID',
      `${where}: a tensor is needed, got ${typeof value}.\nExpected { dtype, shape, data } or a tensor that "${memory.name}" returned.`,
    );
  }
  if (value.dtype !== declaration.dtype) {
    throw new DTypeError(
      'DTYPE_INPUT',
      `${where}: the dtype must be ${declaration.dtype}, got ${value.dtype}[${value.shape.join(', ')}].`,
      { details: { input: declaration.name } },
    );
  }
  if (!(value instanceof PooledTensor)) checkData(declaration, value);
  return value;
}

function checkData({ name, dtype, where }: InputDeclaration, { shape, data }: HostTensor): void {
  if (!carries(dtype, data)) {
    throw new DTypeError(
      'DTYPE_INPUT_DATA',
      `${where}: the data of ${dtype} must be in a ${arrayOf[dtype]}, got ${className(data)}.`,
      { details: { input: name } },
    );
  }
  if (data.length !== elementCountOf(shape)) {
    throw new ShapeError(
      'SHAPE_DATA_LENGTH',
      `${where}: shape [${shape.join(', ')}] holds ${elementCountOf(shape)} elements, got ${data.length} in its data.`,
      { details: { input: name } },
    );
  }
}

const arrayOf: Readonly<Record<DType, string>> = {
  float32: 'Float32Array',
  int32: 'Int32Array',
  bool: 'Uint8Array',
  uint8: 'Uint8Array',
};

function className(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
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
  { name, where }: InputDeclaration,
  declarations: readonly InputDeclaration[],
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
  declarations: readonly InputDeclaration[],
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
