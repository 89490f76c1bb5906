import type { PreparedProgram, PreparedRunOptions } from '@etalon/compiler';
import { prepare } from '@etalon/compiler';
import type { BackendV1, CompileOptions, HostTensor, ProgramV1, RunInputs } from '@etalon/spec';
import type { HostTensors } from '../cases/case.ts';

/** Prepares a program, hands it to `use`, and disposes it whatever happens. */
export async function withPrepared<R>(
  program: ProgramV1,
  backend: BackendV1,
  use: (prepared: PreparedProgram) => Promise<R>,
  options: CompileOptions = {},
): Promise<R> {
  const prepared = await prepare(program, backend, options);
  try {
    return await use(prepared);
  } finally {
    prepared.dispose();
  }
}

/** Runs a prepared program, reads all outputs and disposes them. */
export async function runAndRead(
  prepared: Pick<PreparedProgram, 'run'>,
  inputs: RunInputs,
  options: PreparedRunOptions = {},
): Promise<HostTensors> {
  const outputs = await prepared.run(inputs, options);
  const read: [string, HostTensor][] = [];
  for (const [name, tensor] of Object.entries(outputs)) {
    read.push([name, await tensor.read()]);
    tensor.dispose();
  }
  return Object.fromEntries(read);
}
