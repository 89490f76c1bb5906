import { assertSupported, requireHostData, resolveAliases } from '@etalon/compiler';
import type {
  BackendManifestV1,
  BackendV1,
  CompileOptions,
  DeviceTensorV1,
  ExecutableV1,
  HostTensor,
  ProgramV1,
} from '@etalon/spec';
import { SpecificationVersionError } from '@etalon/spec';
import { backendDisposed, TensorOwner } from './device-tensor.ts';
import type { Engine, TfjsEngineName } from './engines/engine.ts';
import { engineDTypes } from './engines/engine.ts';
import { TfjsExecutable } from './executable.ts';
import { tfjsManifest } from './manifest.ts';

/** What a backend holds in its engine. */
export interface TfjsMemoryUse {
  /**
   * Memories that the engine has allocated and not freed: those of the whole process on `wasm`, which has one heap. Constant once a
   * training loop is warm.
   */
  readonly allocations: number;
}

/** TensorFlow.js on one of its engines. */
export interface TfjsBackend extends BackendV1 {
  readonly engine: TfjsEngineName;
  /** Reports what lies in the engine's memory. */
  memory(): TfjsMemoryUse;
}

/** What a backend is made of. */
export interface BackendParts {
  readonly engine: Engine;
  /** Gives the event loop a turn. */
  readonly turn: () => Promise<void>;
}

/** Creates the backend over an engine that is running. */
export function createBackend(parts: BackendParts): TfjsBackend {
  return new Backend(parts);
}

class Backend implements TfjsBackend {
  readonly specificationVersion = 'v1';
  readonly name: string;
  readonly manifest: BackendManifestV1;
  readonly engine: TfjsEngineName;
  readonly #owner: TensorOwner;
  readonly #turn: BackendParts['turn'];
  readonly #executables = new Set<ExecutableV1>();

  constructor({ engine, turn }: BackendParts) {
    this.engine = engine.name;
    this.name = `tfjs-${engine.name}`;
    this.manifest = tfjsManifest(engine.name);
    this.#owner = new TensorOwner(this.name, engine);
    this.#turn = turn;
  }

  async compile(program: ProgramV1, options: CompileOptions = {}): Promise<ExecutableV1> {
    const owner = this.#owner;
    if (owner.isDisposed) throw backendDisposed(this.name, `${program.name} › compile`);
    assertVersion(program, this.name);
    assertSupported(program, this.manifest, this.name);
    const executable = new TfjsExecutable({
      program,
      owner,
      aliases: resolveAliases(program, options.aliases ?? {}),
      turn: this.#turn,
      onDispose: (disposed) => this.#executables.delete(disposed),
    });
    this.#executables.add(executable);
    return executable;
  }

  async upload(tensor: HostTensor): Promise<DeviceTensorV1> {
    const where = `${this.name} › upload`;
    const owner = this.#owner;
    if (owner.isDisposed) throw backendDisposed(this.name, where);
    requireHostData(where, tensor);
    const { dtype, shape, data } = tensor;
    return owner.adopt(dtype, owner.engine.place(engineDTypes[dtype], shape, data));
  }

  memory(): TfjsMemoryUse {
    return { allocations: this.#owner.engine.memoryCount() };
  }

  async dispose(): Promise<void> {
    for (const executable of [...this.#executables]) executable.dispose();
    this.#owner.dispose();
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
