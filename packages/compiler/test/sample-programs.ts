import type { ProgramV1 } from '@etalon/spec';
import type { Tensor } from '../src/index.ts';
import {
  add,
  cast,
  constant,
  gather,
  matmul,
  mul,
  nameScope,
  pad,
  randomBernoulli,
  reduceMean,
  relu,
  reshape,
  scan,
  slice,
  tensor,
  traceProgram,
  where,
} from '../src/index.ts';

/** A dense layer with dropout under user's names: names of sizes, scalars, an array and a random draw. */
export function denseProgram(name = 'dense'): ProgramV1 {
  const inputs = {
    x: tensor('float32', ['batch', 2, 2]),
    parameters: { kernel: tensor('float32', [4, 3]) },
  };
  return traceProgram(name, inputs, ({ x, parameters }) => {
    const hidden = nameScope('dense_1', () => {
      const bias = constant([0.5, -0.5, 0]);
      return relu(add(matmul(reshape(x, ['batch', 4]), parameters.kernel), bias));
    });
    const kept = nameScope('dropout_1', () =>
      where(randomBernoulli(['batch', 3], { probability: 0.75 }), hidden, 0),
    );
    return { mean: reduceMean(kept, { axes: 0 }), kept };
  });
}

/** Constants of every dtype and attributes that JSON has no numbers for. */
export function oddProgram(): ProgramV1 {
  return traceProgram('odd', { n: tensor('int32', ['k']) }, ({ n }) => {
    const bytes = constant({ dtype: 'uint8', shape: [2, 2], data: Uint8Array.of(0, 1, 254, 255) });
    const flags = constant({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
    const integers = constant({
      dtype: 'int32',
      shape: [3],
      data: Int32Array.of(-(2 ** 31), -1, 2 ** 31 - 1),
    });
    const floats = constant({
      dtype: 'float32',
      shape: [6],
      data: Float32Array.of(-0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 0.1, -3.4e38),
    });
    const padded = (value: number): Tensor => pad(floats, { before: [1], after: [0], value });
    return {
      n,
      flags,
      integers,
      empty: constant({ dtype: 'float32', shape: [0, 3], data: new Float32Array() }),
      bytes: cast(bytes, 'int32'),
      padded: [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1].map(padded),
      zeros: add(add(floats, -0), Number.NEGATIVE_INFINITY),
      half: slice(n, { starts: [0], strides: [2] }),
    };
  });
}

/**
 * A loop over named steps in whose body are a constant array, a scalar, a gather from invariant data, a draw and a
 * loop of its own.
 */
export function loopProgram(factor = 0.5): ProgramV1 {
  const inputs = {
    state: tensor('float32', [3]),
    indices: tensor('int32', ['time', 'batch']),
    data: tensor('float32', ['rows', 3]),
  };
  return traceProgram('loop', inputs, ({ state, indices, data }) => {
    const step = (last: Tensor, batch: Tensor) => {
      const mean = reduceMean(gather(data, batch), { axes: 0 });
      const noisy = where(randomBernoulli([3], { probability: 0.5 }), mean, 0);
      const inner = scan((sum: Tensor) => ({ carried: add(mul(sum, factor), data), stacked: {} }), {
        carried: add(data, add(noisy, constant([1, 2, 3]))),
        length: 2,
      });
      const next = add(last, reduceMean(inner.carried, { axes: 0 }));
      return { carried: next, stacked: { next, noisy } };
    };
    const { carried, stacked } = nameScope('epoch', () =>
      scan(step, { carried: state, stacked: indices, draws: 'advance' }),
    );
    return { state: carried, ...stacked };
  });
}
