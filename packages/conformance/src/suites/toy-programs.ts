import { add, mul, tensor, traceProgram } from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';

/** `y = 2·x + 1` of any number of rows. */
export const affine: ProgramV1 = traceProgram(
  'affine',
  { x: tensor('float32', ['batch', 3]) },
  ({ x }) => ({
    y: add(mul(x, 2), 1),
  }),
);

/** `state = state + x` and `twice = 2·state`: a state that goes round. */
export const counter: ProgramV1 = traceProgram(
  'counter',
  { state: tensor('float32', [4]), x: tensor('float32', [4]) },
  ({ state, x }) => ({ state: add(state, x), twice: mul(state, 2) }),
);

/** Returns a float32 tensor of equal numbers. */
export function filledTensor(value: number, shape: readonly number[]): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'float32', shape, data: new Float32Array(count).fill(value) };
}
