import type { RandomKey } from '@etalon/compiler';
import { elementCount, foldInString, randomKey, shapesEqual } from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import { AttributeError, DataError, DTypeError, ProgramError, ShapeError } from '@etalon/spec';
import type { VariableDeclaration } from './build-context.ts';

/** Variables of a model by path (`conv2d_1/kernel`): arrays, tensors or gradients. */
export interface Variables<T> {
  /** Trained by gradient. */
  readonly parameters: Readonly<Record<string, T>>;
  /** Carried along by training: running statistics and the like. */
  readonly state: Readonly<Record<string, T>>;
}

/** Declarations of a model's variables. */
export interface VariableDeclarations {
  readonly parameters: readonly VariableDeclaration[];
  readonly state: readonly VariableDeclaration[];
}

/**
 * Checks that no two variables would draw from one key.
 *
 * @throws {ProgramError} when two paths fold into one key, which happens by chance with probability about n² / 2³³.
 */
export function requireDistinctKeys(
  model: string,
  { parameters, state }: VariableDeclarations,
): void {
  const origin = randomKey(0);
  const byKey = new Map<string, string>();
  for (const { path } of [...parameters, ...state]) {
    const key = foldInString(origin, path).join();
    const earlier = byKey.get(key);
    if (earlier !== undefined) {
      throw new ProgramError(
        'VARIABLE_KEY_CONFLICT',
        `model "${model}": two variables would have the same first values, got "${earlier}" and "${path}".\nFix: give one of the two layers another name.`,
        { details: { model, paths: [earlier, path] } },
      );
    }
    byKey.set(key, path);
  }
}

/**
 * Makes a model's first variables. Each variable's key is folded from its path, so adding a layer leaves the others'
 * values as they are.
 *
 * @param seed - number, or key. Equal seeds give equal bits on every machine and for every backend.
 * @throws {AttributeError} when the seed is not an integer, or an initializer returns too few or too many values.
 */
export function initializeVariables(
  { parameters, state }: VariableDeclarations,
  seed: number | RandomKey,
): Variables<HostTensor> {
  const key = typeof seed === 'number' ? randomKey(seed) : seed;
  const sample = ({ path, shape, initializer }: VariableDeclaration): [string, HostTensor] => {
    const data = initializer.sample(foldInString(key, path), shape);
    const count = elementCount(shape);
    if (data.length !== count) {
      throw new AttributeError(
        'INITIALIZER_LENGTH',
        `${path}: initializer "${initializer.name}" must return ${count} values, got ${data.length}.`,
        { details: { path } },
      );
    }
    return [path, { dtype: 'float32', shape, data }];
  };
  return {
    parameters: Object.fromEntries(parameters.map(sample)),
    state: Object.fromEntries(state.map(sample)),
  };
}

/**
 * Checks that variables are those a model declares.
 *
 * @throws {DataError} when one is missing or unknown.
 * @throws {DTypeError} when one is not float32.
 * @throws {ShapeError} when one has another shape, or its data is too short or too long.
 */
export function requireVariables(
  model: string,
  declarations: VariableDeclarations,
  variables: Variables<HostTensor>,
): void {
  requireRole(model, 'parameters', declarations.parameters, variables.parameters);
  requireRole(model, 'state', declarations.state, variables.state);
}

function requireRole(
  model: string,
  role: 'parameters' | 'state',
  declarations: readonly VariableDeclaration[],
  given: Readonly<Record<string, HostTensor>>,
): void {
  for (const { path, shape } of declarations) {
    const variable = Object.hasOwn(given, path) ? given[path] : undefined;
    if (variable === undefined) throw missingVariable(model, role, path, given);
    const where = `model "${model}" › ${role} "${path}"`;
    const details = { model, path };
    if (variable.dtype !== 'float32') {
      throw new DTypeError(
        'DTYPE_VARIABLE',
        `${where}: the dtype must be float32, got ${variable.dtype}.`,
        { details },
      );
    }
    if (!shapesEqual(shape, variable.shape)) {
      throw new ShapeError(
        'SHAPE_VARIABLE',
        `${where}: the shape must be [${shape.join(', ')}], got [${variable.shape.join(', ')}].`,
        { details },
      );
    }
    if (variable.data.length !== elementCount(shape)) {
      throw new ShapeError(
        'SHAPE_DATA_LENGTH',
        `${where}: data must have ${elementCount(shape)} elements for shape [${shape.join(', ')}], got ${variable.data.length}.`,
        { details },
      );
    }
  }
  const known = new Set(declarations.map(({ path }) => path));
  const unknown = Object.keys(given).find((path) => !known.has(path));
  if (unknown === undefined) return;
  throw new DataError(
    'VARIABLE_UNKNOWN',
    `model "${model}": there is no such variable in ${role}, got ${JSON.stringify(unknown)}.\nExpected ${someNames([...known])}.`,
    { details: { model, path: unknown } },
  );
}

/** Returns the error for a variable that a model declares and that is not there. */
export function missingVariable(
  model: string,
  role: 'parameters' | 'state',
  path: string,
  given: Readonly<Record<string, unknown>>,
): DataError {
  return new DataError(
    'VARIABLE_MISSING',
    `model "${model}" › ${role} "${path}": there is no value for this variable, got ${someNames(Object.keys(given))}.`,
    { details: { model, path } },
  );
}

// A large model has hundreds of variables; the first few tell which ones these are.
function someNames(names: readonly string[]): string {
  const shown = JSON.stringify(names.slice(0, 8));
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
