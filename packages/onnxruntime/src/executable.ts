import type { OnnxNames } from '@etalon/onnx';
import type {
  AbortSignalLike,
  ExecutableV1,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOptions,
  RunOutputs,
} from '@etalon/spec';
import { BackendError, DisposedError } from '@etalon/spec';
import type { Aliases } from './aliases.ts';
import type { OutputBuffer } from './buffer-pool.ts';
import { bufferSlot } from './buffer-pool.ts';
import type { EngineMemory } from './device-tensor.ts';
import { backendDisposed, PooledTensor } from './device-tensor.ts';
import { firstLine } from './first-line.ts';
import { isShared, toOnnxTensor } from './host-tensor.ts';
import type { InputDeclaration, Source } from './inputs.ts';
import { checkInputs, declareInputs } from './inputs.ts';
import type { OutputMemory } from './output-memory.ts';
import type { RunQueue } from './run-queue.ts';
import type { OnnxOutputs, OnnxRuntime, OnnxSession, OnnxTensor } from './runtime.ts';
import type { ShapePlan } from './shape-plan.ts';
import { ShapePlanner } from './shape-plan.ts';

/** What an executable is made of. */
export interface ExecutableParts {
  readonly program: ProgramV1;
  readonly names: OnnxNames;
  readonly session: OnnxSession;
  readonly runtime: OnnxRuntime;
  readonly memory: EngineMemory;
  /** Whose memory outputs lie in. */
  readonly outputs: OutputMemory;
  readonly queue: RunQueue;
  readonly aliases: Aliases;
  /** Finds where nodes run; the plan is that of the latest run, if there was one. */
  readonly place: (plan: ShapePlan | undefined) => Promise<readonly NodePlacement[]>;
  /** Called once, with the promise that the session is released. */
  readonly onDispose: (executable: OnnxExecutable, released: Promise<void>) => void;
}

interface Admitted {
  readonly sources: readonly Source[];
  readonly plan: ShapePlan;
  readonly signal: AbortSignalLike | undefined;
}

/**
 * A loaded model behind the contract of executables.
 *
 * Outputs never lie in the buffers of an input. Where they are written to buffers of the backend's pool and an input is
 * aliased, its buffer joins the pool after a successful run: state that is fed back alternates between two sets of buffers.
 */
export class OnnxExecutable implements ExecutableV1 {
  readonly #parts: ExecutableParts;
  readonly #inputs: readonly InputDeclaration[];
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
    this.#inputs = declareInputs(program);
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
    const sources = checkInputs(program.name, this.#inputs, inputs, memory);
    const plan = this.#planner.plan(sources);
    if (plan !== this.#allowedFor) this.#allowSpares(plan);
    for (const source of sources) if (source instanceof PooledTensor) source.pin();
    return { sources, plan, signal };
  }

  async #perform({ sources, plan, signal }: Admitted): Promise<RunOutputs> {
    const { memory, program } = this.#parts;
    const copies: OutputBuffer[] = [];
    const buffers: (OutputBuffer | undefined)[] = [];
    try {
      if (signal?.aborted === true) throw signal.reason;
      if (memory.disposed) throw backendDisposed(memory.name, `${program.name} › run`);
      this.#feed(sources, copies);
      this.#fetch(plan, buffers);
      const outputs = this.#wrap(plan, buffers, await this.#call());
      this.#consume(sources);
      return outputs;
    } catch (error) {
      for (const buffer of buffers) if (buffer !== undefined) memory.pool.give(buffer);
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

  #fetch(plan: ShapePlan, buffers: (OutputBuffer | undefined)[]): void {
    const { memory, outputs } = this.#parts;
    let index = 0;
    for (const slot of plan.outputs) {
      const buffer = outputs.reserve(memory, slot);
      buffers.push(buffer);
      this.#fetches[this.#outputNames[index] ?? ''] = buffer?.tensor ?? null;
      index += 1;
    }
  }

  async #call(): Promise<OnnxOutputs> {
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

  #wrap(
    plan: ShapePlan,
    buffers: readonly (OutputBuffer | undefined)[],
    returned: OnnxOutputs,
  ): RunOutputs {
    const { aliases, memory, outputs, program } = this.#parts;
    const wrapped: Record<string, PooledTensor> = {};
    let index = 0;
    for (const { name } of program.outputs) {
      const slot = plan.outputs[index];
      if (slot !== undefined) {
        wrapped[name] = outputs.collect(memory, {
          where: `${program.name} › output "${name}"`,
          slot,
          reserved: buffers[index],
          returned: returned[this.#outputNames[index] ?? ''],
          isAliased: aliases.outputs[index] === true,
        });
      }
      index += 1;
    }
    return wrapped;
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
