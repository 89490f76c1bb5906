import type { BackendV1, CompileOptions, HostTensor, ProgramV1, RunInputs } from '@etalon/spec';
import { createReferenceBackend } from '../../src/index.ts';

/** What a backend was asked to do. */
export interface GuardedBackend {
  readonly backend: BackendV1;
  readonly compiled: { readonly program: ProgramV1; readonly options: CompileOptions }[];
  readonly runs: RunInputs[];
  /** Number of executables that are not disposed. */
  readonly live: () => number;
}

/** The reference backend, which throws where a value or an input is empty: engines need not know of such. */
export function createGuardedBackend(): GuardedBackend {
  const reference = createReferenceBackend();
  const compiled: GuardedBackend['compiled'] = [];
  const runs: RunInputs[] = [];
  let live = 0;
  const backend: BackendV1 = {
    ...reference,
    compile: async (program, options = {}) => {
      if (program.values.some(isEmpty)) throw new RangeError('an empty value reached the backend');
      compiled.push({ program, options });
      const executable = await reference.compile(program, options);
      live++;
      return {
        run: (inputs, runOptions) => {
          if (Object.values(inputs).some(isEmpty)) {
            throw new RangeError('an empty input reached the backend');
          }
          runs.push(inputs);
          return executable.run(inputs, runOptions);
        },
        placement: () => executable.placement(),
        dispose: () => {
          live--;
          executable.dispose();
        },
      };
    },
  };
  return { backend, compiled, runs, live: () => live };
}

function isEmpty({ shape }: { readonly shape: readonly unknown[] }): boolean {
  return shape.includes(0);
}

/** Reads all outputs of a run. */
export async function readAll(
  outputs: Readonly<Record<string, { read(): Promise<HostTensor> }>>,
): Promise<Record<string, HostTensor>> {
  const read = await Promise.all(
    Object.entries(outputs).map(async ([name, tensor]) => [name, await tensor.read()] as const),
  );
  return Object.fromEntries(read);
}
