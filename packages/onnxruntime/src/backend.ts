import { assertSupported, requireHostData, resolveAliases } from '@etalon/compiler';
import { encodeOnnx, onnxNames } from '@etalon/onnx';
import type {
  BackendManifestV1,
  BackendV1,
  CompileOptions,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  ProgramV1,
} from '@etalon/spec';
import { BackendError, SpecificationVersionError } from '@etalon/spec';
import { BufferPool } from './buffer-pool.ts';
import type { EngineMemory } from './device-tensor.ts';
import { backendDisposed, placeTensor } from './device-tensor.ts';
import { OnnxExecutable } from './executable.ts';
import { firstLine } from './first-line.ts';
import type { OnnxRuntimeDevice } from './manifest.ts';
import type { OutputMemory } from './output-memory.ts';
import type { TraceKernels } from './placement.ts';
import { placeNodes } from './placement.ts';
import { RunQueue } from './run-queue.ts';
import type { OnnxRuntime, OnnxSession, OnnxSessionOptions } from './runtime.ts';

/** Memory that a backend holds on the host, besides what the engine allocates itself. */
export interface OnnxRuntimeMemory {
  /**
   * Buffers that the backend allocated since it was created; constant once a training loop is warm. Those that the engine
   * allocates itself, as onnxruntime-web does for outputs, are not counted.
   */
  readonly allocations: number;
  /** Bytes of buffers that wait for reuse. */
  readonly pooledBytes: number;
}

/** ONNX Runtime on one provider. */
export interface OnnxRuntimeBackend extends BackendV1 {
  readonly device: OnnxRuntimeDevice;
  /** Threads that one operator may use on the CPU. */
  readonly threads: number;
  /** Reports the buffers that the backend keeps. */
  memory(): OnnxRuntimeMemory;
}

/** What a backend is made of. */
export interface BackendParts {
  readonly runtime: OnnxRuntime;
  readonly device: OnnxRuntimeDevice;
  readonly threads: number;
  readonly manifest: BackendManifestV1;
  readonly sessionOptions: OnnxSessionOptions;
  readonly outputs: OutputMemory;
  readonly traceKernels: TraceKernels;
}

/** Creates the backend over a runtime that is known to work. */
export function createBackend(parts: BackendParts): OnnxRuntimeBackend {
  return new Backend(parts);
}

class Backend implements OnnxRuntimeBackend {
  readonly specificationVersion = 'v1';
  readonly name: string;
  readonly manifest: BackendManifestV1;
  readonly device: OnnxRuntimeDevice;
  readonly threads: number;
  readonly #parts: BackendParts;
  readonly #memory: EngineMemory;
  readonly #queue = new RunQueue();
  readonly #executables = new Set<ExecutableV1>();
  /** What the engine has begun and `dispose` waits for. */
  readonly #work = new Set<Promise<unknown>>();

  constructor(parts: BackendParts) {
    this.name = `onnxruntime-${parts.device}`;
    this.manifest = parts.manifest;
    this.device = parts.device;
    this.threads = parts.threads;
    this.#parts = parts;
    this.#memory = { name: this.name, pool: new BufferPool(parts.runtime), disposed: false };
  }

  compile(program: ProgramV1, options: CompileOptions = {}): Promise<ExecutableV1> {
    return this.#untilDone(this.#compile(program, options));
  }

  async #compile(program: ProgramV1, options: CompileOptions): Promise<ExecutableV1> {
    this.#assertUsable(program);
    assertVersion(program, this.name);
    assertSupported(program, this.manifest, this.name);
    const aliases = resolveAliases(program, options.aliases ?? {});
    const model = encodeOnnx(program);
    const session = await this.#load(program, model);
    if (this.#memory.disposed) {
      await session.release();
      this.#assertUsable(program);
    }
    const { device, outputs, runtime, sessionOptions, traceKernels } = this.#parts;
    const executable = new OnnxExecutable({
      program,
      names: onnxNames(program),
      session,
      runtime,
      memory: this.#memory,
      outputs,
      queue: this.#queue,
      aliases,
      place: (plan) =>
        this.#untilDone(
          placeNodes({ program, plan, device, runtime, sessionOptions, traceKernels }),
        ),
      onDispose: (disposed, released) => this.#forget(disposed, released),
    });
    this.#executables.add(executable);
    return executable;
  }

  async upload(tensor: HostTensor): Promise<DeviceTensorV1> {
    const where = `${this.name} › upload`;
    if (this.#memory.disposed) throw backendDisposed(this.name, where);
    requireHostData(where, tensor);
    return placeTensor(this.#memory, this.#parts.runtime, tensor);
  }

  memory(): OnnxRuntimeMemory {
    return this.#memory.pool.statistics;
  }

  async dispose(): Promise<void> {
    this.#memory.disposed = true;
    for (const executable of [...this.#executables]) executable.dispose();
    this.#memory.pool.close();
    await Promise.all(this.#work);
  }

  #forget(executable: ExecutableV1, released: Promise<void>): void {
    this.#executables.delete(executable);
    this.#holdDispose(released);
  }

  // A worker ends after `dispose`, and the process with it where a thread ends within a call of the engine.
  #untilDone<T>(call: Promise<T>): Promise<T> {
    this.#holdDispose(call.catch(() => undefined));
    return call;
  }

  #holdDispose(work: Promise<unknown>): void {
    const settled = work.finally(() => this.#work.delete(settled));
    this.#work.add(settled);
  }

  async #load(program: ProgramV1, model: Uint8Array): Promise<OnnxSession> {
    try {
      return await this.#parts.runtime.InferenceSession.create(model, this.#parts.sessionOptions);
    } catch (cause) {
      throw compileFailed(this.name, program.name, cause);
    }
  }

  #assertUsable(program: ProgramV1): void {
    if (this.#memory.disposed) throw backendDisposed(this.name, `${program.name} › compile`);
  }
}

function assertVersion(program: ProgramV1, backend: string): void {
  const version: string = program.specificationVersion;
  if (version === 'v1') return;
  throw new SpecificationVersionError(
    'VERSION_PROGRAM',
    `${program.name} › compile: backend "${backend}" reads programs of specification "v1", got ${JSON.stringify(version)}.\nFix: install versions of the @etalon packages that belong together.`,
  );
}

function compileFailed(backend: string, program: string, cause: unknown): BackendError {
  return new BackendError(
    'BACKEND_COMPILE_FAILED',
    `${program} › compile: ONNX Runtime refused the model, got ${JSON.stringify(firstLine(cause))}.`,
    { cause, details: { backend, program } },
  );
}
