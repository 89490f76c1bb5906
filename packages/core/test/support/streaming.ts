import { evaluateProgram } from '@etalon/reference';
import type { HostTensor, HostTensorOf } from '@etalon/spec';
import type { StreamingProgram } from '../../src/index.ts';
import { floats } from './tensors.ts';

/** Returns numbers in -1 … 1 that look like no pattern. */
export function wavesOf(shape: readonly number[]): HostTensorOf<'float32'> {
  const length = shape.reduce((product, size) => product * size, 1);
  return floats(
    Array.from({ length }, (_, at) => Math.sin(at * at)),
    shape,
  );
}

/** Steps `from` to `to` of sequences, `[batch, time, features]`. */
export function stepsOf(
  { shape, data }: HostTensorOf<'float32'>,
  from: number,
  to: number,
): HostTensorOf<'float32'> {
  const [batch = 0, time = 0, features = 0] = shape;
  const rows = Array.from({ length: batch }, (_, row) => [
    ...data.subarray((row * time + from) * features, (row * time + to) * features),
  ]);
  return floats(rows.flat(), [batch, to - from, features]);
}

/**
 * Feeds a sequence `x` to a streaming program on the reference, in calls that end at the given steps, and returns the whole
 * of its output `y`, as one call would give it.
 */
export function streamed(
  { program, carried }: StreamingProgram,
  whole: HostTensorOf<'float32'>,
  ends: readonly number[],
  others: Readonly<Record<string, HostTensor>> = {},
): readonly number[] {
  const [batch = 0] = whole.shape;
  let state = firstState(carried, batch);
  const rows: number[][] = Array.from({ length: batch }, () => []);
  ends.forEach((to, at) => {
    const x = stepsOf(whole, ends[at - 1] ?? 0, to);
    const outputs = evaluateProgram(program, { x, ...state, ...others });
    state = Object.fromEntries(
      Object.entries(state).map(([name, { dtype, shape }]) => [
        name,
        hostTensor(dtype === 'int32' ? 'int32' : 'float32', shape, outputs[name]?.data),
      ]),
    );
    const data = [...(outputs.y?.data ?? [])];
    const length = data.length / batch;
    for (const [index, row] of rows.entries()) {
      row.push(...data.slice(index * length, (index + 1) * length));
    }
  });
  return rows.flat();
}

/** What goes into the first call: zeros. */
export function firstState(
  carried: StreamingProgram['carried'],
  batch: number,
): Readonly<Record<string, HostTensor>> {
  return Object.fromEntries(
    Object.entries(carried).map(([name, { dtype, shape }]) => {
      const sizes = shape.map((size) => (typeof size === 'number' ? size : batch));
      return [name, hostTensor(dtype === 'int32' ? 'int32' : 'float32', sizes)];
    }),
  );
}

function hostTensor(
  dtype: 'int32' | 'float32',
  shape: readonly number[],
  data?: ArrayLike<number>,
): HostTensor {
  const given = data ?? { length: shape.reduce((product, size) => product * size, 1) };
  const values = Array.from(given, (value) => value ?? 0);
  return dtype === 'int32'
    ? { dtype, shape, data: Int32Array.from(values) }
    : { dtype, shape, data: Float32Array.from(values) };
}
