import type {
  CompileOptions,
  ExecutableV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { BackendError, DisposedError } from '@etalon/spec';
import type { Owner } from './device-tensor.ts';
import { MinimalTensor, requireOwn } from './device-tensor.ts';
import { evaluate } from './evaluate.ts';

/** A program whose nodes all have a kernel. */
export class MinimalExecutable implements ExecutableV1 {
  readonly #owner: Owner;
  readonly #program: ProgramV1;
  /** Names of the inputs that a run consumes. */
  readonly #consumed: readonly string[];
  #isDisposed = false;
  /** Settles when all runs so far have; never rejects. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(owner: Owner, program: ProgramV1, { aliases = {} }: CompileOptions) {
    this.#owner = owner;
    this.#program = program;
    this.#consumed = Object.values(aliases);
  }

  async run(inputs: RunInputs, { signal }: RunOptions = {}): Promise<RunOutputs> {
    this.#requireAlive('run()');
    // Captured when the call is made: the caller may write to a host array, or dispose a tensor, right after it.
    const captured = new Map(
      Object.entries(inputs).map(([name, tensor]) => [name, this.#capture(name, tensor)]),
    );
    const result = this.#queue.then(() => {
      if (signal?.aborted === true) throw signal.reason;
      return this.#runNow(inputs, captured);
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async placement(): Promise<readonly NodePlacement[]> {
    this.#requireAlive('placement()');
    const place = { kind: 'native', device: 'cpu' } as const;
    return this.#program.nodes.map(({ path, operator }) => ({ path, operator, ...place }));
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  #requireAlive(method: string): void {
    if (!this.#isDisposed && !this.#owner.isDisposed) return;
    throw new DisposedError(
      this.#isDisposed ? 'EXECUTABLE_DISPOSED' : 'BACKEND_DISPOSED',
      `${this.#program.name} › ${method}: the executable was disposed, got a call after it.`,
    );
  }

  #capture(name: string, tensor: RunInputs[string]): HostTensor {
    if ('data' in tensor) return { ...tensor, data: tensor.data.slice() } as HostTensor;
    const where = `${this.#program.name} › input ${JSON.stringify(name)}`;
    return requireOwn(where, this.#owner, tensor).borrow(where);
  }

  #runNow(inputs: RunInputs, captured: ReadonlyMap<string, HostTensor>): RunOutputs {
    // Between the call and its turn the backend may have ended, or an earlier run may have consumed an input.
    if (this.#owner.isDisposed) this.#requireAlive('run()');
    for (const [name, tensor] of Object.entries(inputs)) {
      if (tensor instanceof MinimalTensor && tensor.isConsumed) this.#capture(name, tensor);
    }
    const outputs = this.#evaluate(captured);
    // Only now: a run that failed leaves its inputs as they were.
    for (const name of this.#consumed) {
      const tensor = inputs[name];
      if (tensor instanceof MinimalTensor) tensor.consume();
    }
    return Object.fromEntries(
      outputs.map(([name, tensor]) => [name, new MinimalTensor(this.#owner, tensor)]),
    );
  }

  #evaluate(inputs: ReadonlyMap<string, HostTensor>): readonly (readonly [string, HostTensor])[] {
    try {
      return evaluate(this.#program, inputs);
    } catch (error) {
      throw runFailure(this.#program, error);
    }
  }
}

// The engine's own error stays with it as the cause.
function runFailure({ name }: ProgramV1, cause: unknown): BackendError {
  const reason = JSON.stringify(cause instanceof Error ? cause.message : String(cause));
  return new BackendError('BACKEND_RUN_FAILED', `${name}: the run failed, got ${reason}.`, {
    cause,
  });
}
