import { nodesThroughBodies } from '@etalon/compiler';
import type {
  CompileOptions,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { BackendError, DisposedError, EtalonError } from '@etalon/spec';
import { evaluateProgram } from '../evaluate-program.ts';
import type { ReferenceTensor } from '../tensor.ts';
import { toFloat64 } from '../tensor.ts';
import type { TensorOwner } from './device-tensor.ts';
import { foreignTensor, ReferenceDeviceTensor } from './device-tensor.ts';

/** Program on the reference backend. */
export class ReferenceExecutable implements ExecutableV1 {
  readonly #owner: TensorOwner;
  readonly #program: ProgramV1;
  /** Names of inputs that a run consumes. */
  readonly #consumed: readonly string[];
  #isDisposed = false;
  /** Settles when all runs so far have; never rejects. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(owner: TensorOwner, program: ProgramV1, { aliases = {} }: CompileOptions) {
    this.#owner = owner;
    this.#program = program;
    this.#consumed = Object.values(aliases);
  }

  async run(inputs: RunInputs, { signal }: RunOptions = {}): Promise<RunOutputs> {
    this.#requireAlive('run()');
    // Inputs are read when the call is made, so the caller may reuse a host array at once.
    const captured = this.#capture(inputs);
    const result = this.#queue.then(() => {
      if (signal?.aborted === true) throw signal.reason;
      return this.#evaluate(inputs, captured);
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async placement(): Promise<readonly NodePlacement[]> {
    this.#requireAlive('placement()');
    return nodesThroughBodies(this.#program).map(({ node: { path, operator } }) => ({
      path,
      operator,
      kind: 'native',
      device: 'cpu',
    }));
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  #requireAlive(method: string): void {
    if (!this.#isDisposed && !this.#owner.isDisposed) return;
    const what = `${this.#program.name} › ${method}: the executable has ended`;
    throw this.#isDisposed
      ? new DisposedError('EXECUTABLE_DISPOSED', `${what}: the executable was disposed.`)
      : new DisposedError('BACKEND_DISPOSED', `${what}: its backend was disposed.`);
  }

  #inputPath(name: string): string {
    return `${this.#program.name} › input ${JSON.stringify(name)}`;
  }

  #capture(inputs: RunInputs): Record<string, ReferenceTensor> {
    return Object.fromEntries(
      Object.entries(inputs).map(([name, tensor]) => [name, this.#read(name, tensor)]),
    );
  }

  #read(name: string, tensor: HostTensor | DeviceTensorV1): ReferenceTensor {
    const where = this.#inputPath(name);
    if ('data' in tensor) return toFloat64(tensor, where);
    if (tensor instanceof ReferenceDeviceTensor && tensor.owner === this.#owner) {
      return tensor.borrow(where);
    }
    throw foreignTensor(where, tensor);
  }

  #evaluate(inputs: RunInputs, captured: Record<string, ReferenceTensor>): RunOutputs {
    if (this.#owner.isDisposed) this.#requireAlive('run()');
    for (const [name, tensor] of Object.entries(inputs)) {
      // A run that was queued before this one may have taken the tensor.
      if (tensor instanceof ReferenceDeviceTensor && tensor.isConsumed) {
        throw tensor.ended(this.#inputPath(name));
      }
    }
    const outputs = this.#compute(captured);
    for (const name of this.#consumed) {
      const tensor = inputs[name];
      if (tensor instanceof ReferenceDeviceTensor) tensor.consume();
    }
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        new ReferenceDeviceTensor(this.#owner, tensor),
      ]),
    );
  }

  #compute(inputs: Record<string, ReferenceTensor>): Record<string, ReferenceTensor> {
    try {
      return evaluateProgram(this.#program, inputs);
    } catch (error) {
      // Wrong inputs are the caller's; what the data leads to is the engine's.
      if (EtalonError.isInstance(error) && error.code !== 'INDEX_OUT_OF_RANGE') throw error;
      throw engineFailure(this.#program, error);
    }
  }
}

function engineFailure({ name }: ProgramV1, cause: unknown): BackendError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new BackendError(
    'BACKEND_RUN_FAILED',
    `${name}: the reference failed, got ${JSON.stringify(message)}.`,
    { cause },
  );
}
