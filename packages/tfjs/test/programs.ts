import type { Tensor } from '@etalon/compiler';
import { add, constant, gather, mul, scan, sub, tensor, traceProgram } from '@etalon/compiler';
import type { HostTensor, ProgramV1 } from '@etalon/spec';

/** `double = x + x` over a named batch. */
export const doubling: ProgramV1 = traceProgram(
  'doubling',
  { x: tensor('float32', ['batch', 2]) },
  ({ x }) => ({ double: add(x, x) }),
);

/** One step of gradient descent, with state under one name on both sides, and its change. */
export const descent: ProgramV1 = traceProgram(
  'descent',
  { w: tensor('float32', [4]), gradient: tensor('float32', [4]) },
  ({ w, gradient }) => {
    const change = mul(gradient, 0.5);
    return { w: sub(w, change), change };
  },
);

/** Rows of a table at indices, doubled before and after, so that a failure in the middle leaves work undone. */
export const lookUp: ProgramV1 = traceProgram(
  'lookUp',
  { table: tensor('float32', [4, 2]), indices: tensor('int32', ['count']) },
  ({ table, indices }) => {
    const rows = gather(mul(table, 2), indices);
    return { rows, twice: mul(rows, 2) };
  },
);

/** The same in each iteration of a loop, with running totals. */
export const loop: ProgramV1 = traceProgram(
  'loop',
  { table: tensor('float32', [4, 2]), indices: tensor('int32', ['steps', 1]) },
  ({ table, indices }) => {
    const step = (total: Tensor, at: Tensor) => {
      const next = add(total, gather(table, at));
      return { carried: next, stacked: next };
    };
    const first = gather(
      mul(table, 0),
      constant({ dtype: 'int32', shape: [1], data: Int32Array.of(0) }),
    );
    const { carried, stacked } = scan(step, { carried: first, stacked: indices });
    return { total: carried, totals: stacked };
  },
);

/** Returns a float32 tensor. */
export function float32(shape: readonly number[], values: readonly number[]): HostTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(values) };
}

/** Returns an int32 tensor. */
export function int32(shape: readonly number[], values: readonly number[]): HostTensor {
  return { dtype: 'int32', shape, data: Int32Array.from(values) };
}
