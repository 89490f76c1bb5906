import { evaluateProgram } from '@etalon/reference';
import type { HostTensor, HostTensorOf, ProgramV1 } from '@etalon/spec';

/** Returns a float32 host tensor; the shape is that of a vector unless given. */
export function floats(data: Iterable<number>, shape?: readonly number[]): HostTensorOf<'float32'> {
  const array = Float32Array.from(data);
  return { dtype: 'float32', shape: shape ?? [array.length], data: array };
}

/** Returns an int32 vector. */
export function integers(...data: readonly number[]): HostTensorOf<'int32'> {
  return { dtype: 'int32', shape: [data.length], data: Int32Array.from(data) };
}

/** Runs a program on the reference and returns its outputs as plain numbers. */
export function evaluate(
  program: ProgramV1,
  inputs: Readonly<Record<string, HostTensor>>,
): Readonly<Record<string, readonly number[]>> {
  const outputs = evaluateProgram(program, inputs);
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, [...data]]));
}

/** Returns the bits of all tensors, to compare two states exactly. */
export function bitsOf(
  tensors: Readonly<Record<string, HostTensor>>,
): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => [
      name,
      [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
    ]),
  );
}
