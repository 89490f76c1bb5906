import type { BackendV1, HostTensor, ProgramV1 } from '@etalon/core';
import { prepare } from '@etalon/core';

type Tensors = Readonly<Record<string, HostTensor>>;

const rowsAtOnce = 500;

/** Runs a program over many rows, some at a time, and returns all rows of its outputs. */
export async function runInParts(
  backend: BackendV1,
  program: ProgramV1,
  inputs: Tensors,
): Promise<Tensors> {
  const prepared = await prepare(program, backend);
  const count = Object.values(inputs)[0]?.shape[0] ?? 0;
  const parts: Tensors[] = [];
  for (let start = 0; start < count; start += rowsAtOnce) {
    const rows = Object.entries(inputs).map(([name, tensor]) => [
      name,
      rowsOf(tensor, start, Math.min(count, start + rowsAtOnce)),
    ]);
    const outputs = await prepared.run(Object.fromEntries(rows));
    const read: [string, HostTensor][] = [];
    for (const [name, output] of Object.entries(outputs)) {
      read.push([name, await output.read()]);
      output.dispose();
    }
    parts.push(Object.fromEntries(read));
  }
  prepared.dispose();
  const names = Object.keys(parts[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, joined(parts.map((part) => part[name]))]));
}

/** Some rows of a tensor, over the same memory. */
export function rowsOf(tensor: HostTensor, start: number, end: number): HostTensor {
  const [, ...rest] = tensor.shape;
  const size = rest.reduce((product, length) => product * length, 1);
  const data = tensor.data.subarray(start * size, end * size);
  return { ...tensor, shape: [end - start, ...rest], data } as HostTensor;
}

function joined(parts: readonly (HostTensor | undefined)[]): HostTensor {
  const whole = parts.filter((part) => part !== undefined);
  const [, ...rest] = whole[0]?.shape ?? [];
  const count = whole.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const data = new Float32Array(whole.reduce((sum, part) => sum + part.data.length, 0));
  let filled = 0;
  for (const part of whole) {
    data.set(part.data as Float32Array, filled);
    filled += part.data.length;
  }
  return { dtype: 'float32', shape: [count, ...rest], data };
}
