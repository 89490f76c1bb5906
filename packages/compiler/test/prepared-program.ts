import type { HostTensor, ProgramV1, RunInputs } from '@etalon/spec';
import type { PreparedProgram, PreparedRunOptions } from '../src/index.ts';
import {
  matmul,
  mul,
  nameScope,
  oneHot,
  prepare,
  relu,
  tensor,
  traceProgram,
} from '../src/index.ts';
import type { FakeBackend } from './fake-backend.ts';
import { createFakeBackend } from './fake-backend.ts';

/** A float32 tensor of zeros. */
export const zeros = (shape: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

/** A vector of int32. */
export const labels = (...data: readonly number[]): HostTensor => ({
  dtype: 'int32',
  shape: [data.length],
  data: Int32Array.from(data),
});

/** A layer, one-hot labels and a state that is doubled. */
export const layerProgram: ProgramV1 = traceProgram(
  'model',
  {
    x: tensor('float32', ['batch', 3]),
    label: tensor('int32', ['batch']),
    state: tensor('float32', [3, 4]),
  },
  ({ x, label, state }) => ({
    hidden: nameScope('dense', () => relu(matmul(x, state))),
    hot: nameScope('loss', () => oneHot(label, { depth: 4 })),
    state: mul(state, 2),
  }),
);

/** Inputs that fit {@link layerProgram}. */
export const layerInputs: Readonly<Record<'x' | 'label' | 'state', HostTensor>> = {
  x: zeros([2, 3]),
  label: labels(0, 3),
  state: zeros([3, 4]),
};

/** A program prepared on a fake backend. */
export interface PreparedOnFake {
  readonly fake: FakeBackend;
  readonly prepared: PreparedProgram;
  readonly run: (given: RunInputs, options?: PreparedRunOptions) => Promise<unknown>;
}

/** Prepares a program on a fake backend. */
export async function preparedOn(
  program: ProgramV1 = layerProgram,
  fake: FakeBackend = createFakeBackend(),
): Promise<PreparedOnFake> {
  const prepared = await prepare(program, fake.backend);
  return { fake, prepared, run: (given, options) => prepared.run(given, options) };
}
