import type { DType, HostTensor, ProgramV1, RunInputs } from '@etalon/spec';
import { DataError, DTypeError } from '@etalon/spec';
import type { IndexGuard } from '../passes/index-guards.ts';
import { requireHostData } from './host-data.ts';

/** What a run's input must be; shapes are checked when sizes are bound. */
export interface InputDeclaration {
  readonly name: string;
  readonly dtype: DType | undefined;
}

/** Lists the inputs of a program. */
export function declareInputs(program: ProgramV1): readonly InputDeclaration[] {
  return program.inputs.map(({ name, value }) => ({ name, dtype: program.values[value]?.dtype }));
}

/** Checks names and element types of a run's inputs, and that data on the host has the shape it claims. */
export function checkInputTypes(
  program: string,
  declared: readonly InputDeclaration[],
  inputs: RunInputs,
): void {
  let found = 0;
  for (const { name, dtype } of declared) {
    const tensor = inputs[name];
    if (tensor === undefined) continue;
    found++;
    if (tensor.dtype !== dtype) {
      throw new DTypeError(
        'DTYPE_INPUT',
        `${program} › input "${name}": the dtype must be ${dtype}, got ${tensor.dtype}.`,
        { details: { input: name } },
      );
    }
    if (isHostTensor(tensor)) requireHostData(`${program} › input "${name}"`, tensor);
  }
  const names = Object.keys(inputs);
  if (names.length === found) return;
  const known = new Set(declared.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new DataError(
    'INPUT_UNKNOWN',
    `${program}: there is no such input, got ${JSON.stringify(unknown)}.\nExpected ${JSON.stringify([...known].slice(0, 8))}.`,
    { details: { input: unknown } },
  );
}

/**
 * Checks indices that come from the host.
 *
 * @param limits - for each guard, the number of places that an index may name, or `undefined` to check nothing.
 * @throws {DataError} naming the input, the first wrong index and its place.
 */
export function checkIndices(
  program: string,
  guards: readonly IndexGuard[],
  limits: readonly (number | undefined)[],
  inputs: RunInputs,
): void {
  guards.forEach(({ input, path }, at) => {
    const tensor = inputs[input];
    const limit = limits[at];
    if (limit === undefined || tensor === undefined || !isHostTensor(tensor)) return;
    const { data, shape } = tensor;
    for (let position = 0; position < data.length; position++) {
      const index = data[position] ?? 0;
      if (index >= 0 && index < limit) continue;
      throw new DataError(
        'INDEX_OUT_OF_RANGE',
        `${program} › input "${input}": an index is out of range for ${path}, got ${index} at [${unravel(position, shape).join(', ')}].\nExpected ${limit === 0 ? 'no index, for there is no place to name' : `0 … ${limit - 1}`}.`,
        { details: { input, index, limit } },
      );
    }
  });
}

/** Tells whether a tensor is in host memory. */
function isHostTensor(tensor: NonNullable<RunInputs[string]>): tensor is HostTensor {
  return 'data' in tensor;
}

function unravel(position: number, shape: readonly number[]): readonly number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .reverse();
}
