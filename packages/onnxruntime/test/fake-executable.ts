import type { ProgramV1 } from '@etalon/spec';
import { resolveAliases } from '../src/aliases.ts';
import { BufferPool } from '../src/buffer-pool.ts';
import type { EngineMemory } from '../src/device-tensor.ts';
import { OnnxExecutable } from '../src/executable.ts';
import type { OutputMemory } from '../src/output-memory.ts';
import { writtenOutputs } from '../src/output-memory.ts';
import { RunQueue } from '../src/run-queue.ts';
import type { FakeModel } from './fake-runtime.ts';
import { FakeSession, fakeRuntime } from './fake-runtime.ts';

/** Backend-wide parts without an engine. */
export interface FakeEngine {
  readonly memory: EngineMemory;
  readonly queue: RunQueue;
}

/** Returns the parts that the executables of one backend share. */
export function fakeEngine(name = 'fake'): FakeEngine {
  const pool = new BufferPool(fakeRuntime());
  return { memory: { name, pool, disposed: false }, queue: new RunQueue() };
}

/** Returns an executable whose session calls a function instead of running a model. */
export function fakeExecutable(
  program: ProgramV1,
  model: FakeModel,
  aliases: Readonly<Record<string, string>> = {},
  engine: FakeEngine = fakeEngine(),
  outputs: OutputMemory = writtenOutputs,
  outputNames: Readonly<Record<string, string>> = {},
): { readonly executable: OnnxExecutable; readonly session: FakeSession } & FakeEngine {
  const session = new FakeSession(model);
  const executable = new OnnxExecutable({
    program,
    names: { inputs: {}, outputs: outputNames },
    session,
    runtime: fakeRuntime(),
    ...engine,
    outputs,
    aliases: resolveAliases(program, aliases),
    place: async () => [],
    onDispose: () => {},
  });
  return { executable, session, ...engine };
}
