import type { Tensor, TensorType } from '@etalon/compiler';
import { add, filled, matmul, mul, reduceSum, scan, tanh, tensor } from '@etalon/compiler';
import type { HostTensor } from '@etalon/spec';
import { describe, it } from 'vitest';
import { randomNumbers } from '../random.ts';
import { checkGradients } from './gradient-checks.ts';

type Operands = { readonly x: Tensor; readonly h: Tensor; readonly w: Tensor };

const declared: Readonly<Record<keyof Operands, TensorType>> = {
  x: tensor('float32', ['time', 2, 3]),
  h: tensor('float32', [2, 3]),
  w: tensor('float32', [3, 3]),
};

const step = (state: Tensor, row: Tensor, w: Tensor): Tensor => tanh(add(matmul(state, w), row));

function recurrent({ x, h, w }: Operands, options: { checkpoint?: boolean; reverse?: boolean }) {
  const { carried, stacked } = scan(
    (state: Tensor, row: Tensor) => {
      const next = step(state, row, w);
      return { carried: next, stacked: mul(next, row) };
    },
    { carried: h, stacked: x, ...options },
  );
  return add(carried, reduceSum(stacked, { axes: 0 }));
}

const cases: Readonly<Record<string, (operands: Operands) => Tensor>> = {
  'what is kept': (operands) => recurrent(operands, {}),
  'what is computed again': (operands) => recurrent(operands, { checkpoint: true }),
  'the way back': (operands) => recurrent(operands, { reverse: true }),
  'a loop in a loop': ({ x, h, w }) =>
    scan(
      (state: Tensor, row: Tensor) => ({
        carried: scan((inner: Tensor) => ({ carried: step(inner, row, w), stacked: {} }), {
          carried: state,
          length: 2,
        }).carried,
        stacked: {},
      }),
      { carried: h, stacked: x },
    ).carried,
  'a loop that only adds': ({ x, h, w }) =>
    scan((state: Tensor, row: Tensor) => ({ carried: add(state, matmul(row, w)), stacked: {} }), {
      carried: add(h, filled({ dtype: 'float32', shape: [2, 3] }, 1)),
      stacked: x,
    }).carried,
};

describe.each(Object.entries(cases))('gradients of loops: %s', (_, body) => {
  it.each([0, 1, 4])('agree with central differences, %i iterations', (time) => {
    const next = randomNumbers(17);
    const drawn = (...shape: number[]): HostTensor => ({
      dtype: 'float32',
      shape,
      data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next() - 0.5),
    });
    checkGradients(
      declared,
      ({ x, h, w }) => body({ x, h, w } as Operands),
      { x: drawn(time, 2, 3), h: drawn(2, 3), w: drawn(3, 3) },
      (count) => Float32Array.from({ length: count }, () => 0.25 + next()),
    );
  });
});
