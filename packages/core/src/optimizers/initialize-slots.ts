import type { HostTensor } from '@etalon/spec';
import type { Optimizer } from './optimizer.ts';

/** Path and fixed shape of a parameter, as a model declares it. */
export interface ParameterShape {
  readonly path: string;
  readonly shape: readonly number[];
}

/**
 * Returns an optimizer's first state: zeros for each slot and parameter, by slot name, then by path.
 *
 * @param parameters - such as `model.variables.parameters`.
 */
export function initializeSlots(
  optimizer: Optimizer,
  parameters: readonly ParameterShape[],
): Readonly<Record<string, Readonly<Record<string, HostTensor>>>> {
  return Object.fromEntries(
    optimizer.slots.map((slot) => [
      slot,
      Object.fromEntries(parameters.map(({ path, shape }) => [path, zerosOf(shape)])),
    ]),
  );
}

function zerosOf(shape: readonly number[]): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'float32', shape, data: new Float32Array(count) };
}
