import type { DimensionBindings, HostTensor, ProgramV1, RunInputs } from '@etalon/spec';
import { DataError, DTypeError } from '@etalon/spec';
import { evaluateDimension } from '../dimension/index.ts';
import type { IndexGuard } from '../passes/index-guards.ts';

/** Checks names and element types of a run's inputs. Shapes are checked when sizes are bound. */
export function checkInputTypes(program: ProgramV1, inputs: RunInputs): void {
  for (const { name, value } of program.inputs) {
    const tensor = inputs[name];
    const expected = program.values[value]?.dtype;
    if (tensor !== undefined && tensor.dtype !== expected) {
      throw new DTypeError(
        'DTYPE_INPUT',
        `${program.name} › input "${name}": the dtype must be ${expected}, got ${tensor.dtype}.`,
        { details: { input: name } },
      );
    }
  }
  const known = new Set(program.inputs.map(({ name }) => name));
  const unknown = Object.keys(inputs).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new DataError(
    'INPUT_UNKNOWN',
    `${program.name}: there is no input ${JSON.stringify(unknown)}.\nExpected ${JSON.stringify([...known].slice(0, 8))}.`,
    { details: { input: unknown } },
  );
}

/**
 * Checks indices that come from the host.
 *
 * @throws {DataError} naming the input, the first wrong index and its place.
 */
export function checkIndices(
  program: ProgramV1,
  guards: readonly IndexGuard[],
  inputs: RunInputs,
  bindings: DimensionBindings,
): void {
  for (const { input, path, limit } of guards) {
    const tensor = inputs[input];
    if (tensor === undefined || !isHostTensor(tensor)) continue;
    const size = evaluateDimension(limit, bindings);
    const at = tensor.data.findIndex((index) => index < 0 || index >= size);
    if (at < 0) continue;
    throw new DataError(
      'INDEX_OUT_OF_RANGE',
      `${program.name} › input "${input}": an index is out of range for ${path}, got ${tensor.data[at]} at [${unravel(at, tensor.shape).join(', ')}].\nExpected 0 … ${size - 1}.`,
      { details: { input, index: tensor.data[at], limit: size } },
    );
  }
}

/** Tells whether a tensor is in host memory. */
export function isHostTensor(tensor: RunInputs[string]): tensor is HostTensor {
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
