import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1, DeviceTensorV1, ExecutableV1, HostTensor, RunInputs } from '@etalon/spec';

/** The reference backend, watched. */
export interface CountingBackend extends BackendV1 {
  /** Device tensors that were neither disposed nor consumed. */
  readonly live: ReadonlySet<DeviceTensorV1>;
  /** Names of programs compiled and not disposed. */
  readonly programs: readonly string[];
  /** Number of runs so far. */
  readonly numRuns: number;
  /** Called before the engine runs, with the program's name and the number of runs before; may throw or wait. */
  beforeRun: (program: string, run: number) => void | Promise<void>;
}

class CountedTensor implements DeviceTensorV1 {
  readonly inner: DeviceTensorV1;
  readonly #live: Set<DeviceTensorV1>;

  constructor(inner: DeviceTensorV1, live: Set<DeviceTensorV1>) {
    this.inner = inner;
    this.#live = live;
    live.add(this);
  }

  get dtype(): DeviceTensorV1['dtype'] {
    return this.inner.dtype;
  }

  get shape(): readonly number[] {
    return this.inner.shape;
  }

  read(): Promise<HostTensor> {
    return this.inner.read();
  }

  dispose(): void {
    this.#live.delete(this);
    this.inner.dispose();
  }
}

/** Returns a reference backend that counts what it hands out. */
export function countingBackend(manifest: Partial<BackendV1['manifest']> = {}): CountingBackend {
  const inner = createReferenceBackend();
  const live = new Set<DeviceTensorV1>();
  const programs: string[] = [];
  let numRuns = 0;
  const backend: CountingBackend = {
    specificationVersion: 'v1',
    name: inner.name,
    manifest: { ...inner.manifest, ...manifest },
    live,
    programs,
    get numRuns() {
      return numRuns;
    },
    beforeRun: () => undefined,
    compile: async (program, options = {}): Promise<ExecutableV1> => {
      const executable = await inner.compile(program, options);
      const consumed = Object.values(options.aliases ?? {});
      programs.push(program.name);
      let isDisposed = false;
      return {
        run: async (inputs, runOptions) => {
          await backend.beforeRun(program.name, numRuns++);
          const outputs = await executable.run(innerOf(inputs), runOptions);
          for (const name of consumed) {
            const tensor = inputs[name];
            if (tensor instanceof CountedTensor) live.delete(tensor);
          }
          return Object.fromEntries(
            Object.entries(outputs).map(([name, output]) => [
              name,
              new CountedTensor(output, live),
            ]),
          );
        },
        placement: () => executable.placement(),
        dispose: () => {
          if (!isDisposed) programs.splice(programs.indexOf(program.name), 1);
          isDisposed = true;
          executable.dispose();
        },
      };
    },
    upload: async (tensor) => new CountedTensor(await inner.upload(tensor), live),
    dispose: () => inner.dispose(),
  };
  return backend;
}

function innerOf(inputs: RunInputs): RunInputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [
      name,
      tensor instanceof CountedTensor ? tensor.inner : tensor,
    ]),
  );
}
