import type { Aliases, RunInputDeclaration } from '@etalon/compiler';
import { checkRunInputs, declareRunInputs } from '@etalon/compiler';
import type { OnnxNames } from '@etalon/onnx';
import type {
  AbortSignalLike,
  ExecutableV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { BackendError, DisposedError } from '@etalon/spec';
import type { OutputBuffer } from './buffer-pool.ts';
import { bufferSlot } from './buffer-pool.ts';
import type { EngineMemory } from './device-tensor.ts';
import { backendDisposed, PooledTensor, tensorClass } from './device-tensor.ts';
import { firstLine } from './first-line.ts';
import { isShared, toOnnxTensor } from './host-tensor.ts';
import type { RunQueue } from './run-queue.ts';
import type { EngineCopies, OnnxRuntime, OnnxSession, OnnxTensor } from './runtime.ts';
import type { ShapePlan } from './shape-plan.ts';
import { ShapePlanner } from './shape-plan.ts';

/** What an executable is made of. */
export interface ExecutableParts {
  readonly program: ProgramV1;
  readonly names: OnnxNames;
  readonly session: OnnxSession;
  readonly runtime: OnnxRuntime;
  readonly memory: EngineMemory;
  readonly queue: RunQueue;
  readonly aliases: Aliases;
  /** Finds where nodes run; the plan is that of the latest run, if there was one. */
  readonly place: (plan: ShapePlan | undefined) => Promise<readonly NodePlacement[]>;
  /** Called once, with the promise that the session is released. */
  readonly onDispose: (executable: OnnxExecutable, released: Promise<void>) => void;
}

/** A run's input after its checks. */
type Source = HostTensor | PooledTensor;

interface Admitted {
  readonly sources: readonly Source[];
  readonly plan: ShapePlan;
  readonly signal: AbortSignalLike | undefined;
}

/**
 * A loaded model behind the contract of executables.
 *
 * Outputs are written to buffers of the backend's pool, which are never those of an input. Where an input
 * is aliased, its buffer joins the pool after a successful run: state that is fed back
 * alternates between two sets of buffers.
 */
export class OnnxExecutable implements ExecutableV1 {
  readonly #parts: ExecutableParts;
  readonly #inputs: readonly RunInputDeclaration[];
  readonly #inputNames: readonly string[];
  readonly #outputNames: readonly string[];
  readonly #planner: ShapePlanner;
  // Filled for each run and emptied after it: the queue lets one run in at a time.
  readonly #feeds: Record<string, OnnxTensor | undefined> = {};
  readonly #fetches: Record<string, OnnxTensor | null> = {};
  #allowedFor: ShapePlan | undefined;
  #disposed = false;

  constructor(parts: ExecutableParts) {
    const { program, names } = parts;
    this.#parts = parts;
    this.#inputs = declareRunInputs(program);
    this.#inputNames = program.inputs.map(({ name }) => names.inputs[name] ?? name);
    this.#outputNames = program.outputs.map(({ name }) => names.outputs[name] ?? name);
    this.#planner = new ShapePlanner(program);
  }

  run(inputs: RunInputs, options?: RunOptions): Promise<RunOutputs> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    try {
      const admitted = this.#admit(inputs, signal);
      return this.#parts.queue.add(() => this.#perform(admitted));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async placement(): Promise<readonly NodePlacement[]> {
    this.#assertUsable('placement');
    return this.#parts.place(this.#planner.last);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { memory, onDispose, queue, session } = this.#parts;
    memory.pool.disallow(this);
    // Queued behind the runs that were accepted before.
    onDispose(
      this,
      queue.add(() => session.release()),
    );
  }

  #admit(inputs: RunInputs, signal: AbortSignalLike | undefined): Admitted {
    this.#assertUsable('run');
    const { memory, program } = this.#parts;
    const sources = checkRunInputs(program.name, this.#inputs, inputs, tensorClass(memory));
    const plan = this.#planner.plan(sources);
    if (plan !== this.#allowedFor) this.#allowSpares(plan);
    for (const source of sources) if (source instanceof PooledTensor) source.pin();
    return { sources, plan, signal };
  }

  async #perform({ sources, plan, signal }: Admitted): Promise<RunOutputs> {
    const { memory, program } = this.#parts;
    const copies: OutputBuffer[] = [];
    const buffers: OutputBuffer[] = [];
    try {
      if (signal?.aborted === true) throw signal.reason;
      if (memory.disposed) throw backendDisposed(memory.name, `${program.name} › run`);
      this.#feed(sources, copies);
      this.#fetch(plan, buffers);
      const returned = await this.#call();
      this.#consume(sources);
      return this.#wrap(buffers, returned);
    } catch (error) {
      for (const buffer of buffers) memory.pool.give(buffer);
      throw error;
    } finally {
      for (const name of this.#inputNames) this.#feeds[name] = undefined;
      for (const name of this.#outputNames) this.#fetches[name] = null;
      for (const buffer of copies) memory.pool.give(buffer);
      for (const source of sources) if (source instanceof PooledTensor) source.unpin();
    }
  }

  #feed(sources: readonly Source[], copies: OutputBuffer[]): void {
    const { memory, runtime } = this.#parts;
    let index = 0;
    for (const source of sources) {
      const name = this.#inputNames[index] ?? '';
      if (source instanceof PooledTensor) {
        this.#feeds[name] = source.usePinned(this.#inputs[index]?.where ?? name).tensor;
      } else if (isShared(source)) {
        const copy = memory.pool.take(bufferSlot(source.dtype, source.shape));
        copies.push(copy);
        copy.host.data.set(source.data);
        this.#feeds[name] = copy.tensor;
      } else {
        this.#feeds[name] = toOnnxTensor(runtime, source);
      }
      index += 1;
    }
  }

  #fetch(plan: ShapePlan, buffers: OutputBuffer[]): void {
    const { pool } = this.#parts.memory;
    let index = 0;
    for (const slot of plan.outputs) {
      const buffer = pool.take(slot);
      buffers.push(buffer);
      this.#fetches[this.#outputNames[index] ?? ''] = buffer.tensor;
      index += 1;
    }
  }

  async #call(): Promise<EngineCopies> {
    const { memory, program, session } = this.#parts;
    try {
      return await session.run(this.#feeds, this.#fetches);
    } catch (cause) {
      throw runFailed(memory.name, program.name, cause);
    }
  }

  #consume(sources: readonly Source[]): void {
    const aliased = this.#parts.aliases.inputs;
    let index = 0;
    for (const source of sources) {
      if (aliased[index] === true && source instanceof PooledTensor) source.consume();
      index += 1;
    }
  }

  // The engine returns a copy of every output that it wrote to a buffer. The first read of an output takes that copy instead
  // of making another; state that is fed back is seldom read, and its copies would only keep memory.
  #wrap(buffers: readonly OutputBuffer[], returned: EngineCopies): RunOutputs {
    const outputs: Record<string, PooledTensor> = {};
    let index = 0;
    for (const { name } of this.#parts.program.outputs) {
      const buffer = buffers[index];
      if (buffer !== undefined) {
        const aliased = this.#parts.aliases.outputs[index] === true;
        const copy = aliased ? undefined : returned[this.#outputNames[index] ?? '']?.data;
        outputs[name] = new PooledTensor(this.#parts.memory, buffer, { copy });
      }
      index += 1;
    }
    return outputs;
  }

  #allowSpares(plan: ShapePlan): void {
    const { aliases, memory } = this.#parts;
    const spares = plan.outputs.filter((_, index) => aliases.outputs[index] === true);
    memory.pool.allow(
      this,
      spares.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    this.#allowedFor = plan;
  }

  #assertUsable(method: string): void {
    const { memory, program } = this.#parts;
    if (memory.disposed) throw backendDisposed(memory.name, `${program.name} › ${method}`);
    if (!this.#disposed) return;
    throw new DisposedError(
      'EXECUTABLE_DISPOSED',
      `${program.name} › ${method}: the executable was disposed, got a later call.\nFix: dispose it after its last run, or compile the program again.`,
    );
  }
}

function runFailed(backend: string, program: string, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_RUN_FAILED',
    `${program} › run: ONNX Runtime refused, got ${JSON.stringify(firstLine(cause))}.\nThe inputs are untouched, aliased ones too.`,
    { cause, details: { backend, program } },
  );
}
