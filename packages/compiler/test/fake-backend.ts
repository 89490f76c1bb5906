import type {
  BackendV1,
  CompileOptions,
  DeviceTensorV1,
  HostTensor,
  OperatorName,
  ProgramV1,
  RunInputs,
  RunOptions,
} from '@etalon/spec';
import { bindInputShapes, evaluateShape } from '../src/index.ts';
import { manifestWithout } from './manifests.ts';

/** One call of `compile` and what came of it. */
export interface FakeExecutable {
  readonly program: ProgramV1;
  readonly options: CompileOptions;
  readonly runs: { readonly inputs: RunInputs; readonly options: RunOptions }[];
  isDisposed: boolean;
}

/** A backend that computes nothing: every output is full of zeros. */
export interface FakeBackend {
  readonly backend: BackendV1;
  readonly executables: FakeExecutable[];
  /** When set, the next `compile` waits for it. */
  gate: Promise<void> | undefined;
}

/** Makes a backend that records what it is asked, on every operator but the named ones. */
export function createFakeBackend(...missing: readonly OperatorName[]): FakeBackend {
  const state: Pick<FakeBackend, 'executables' | 'gate'> = { executables: [], gate: undefined };
  const backend: BackendV1 = {
    specificationVersion: 'v1',
    name: 'fake',
    manifest: manifestWithout(...missing),
    compile: async (program, options = {}) => {
      const { gate } = state;
      state.gate = undefined;
      await gate;
      const executable: FakeExecutable = { program, options, runs: [], isDisposed: false };
      state.executables.push(executable);
      return {
        run: async (inputs, runOptions = {}) => {
          executable.runs.push({ inputs, options: runOptions });
          return zerosFor(program, inputs);
        },
        placement: async () =>
          program.nodes.map(({ path, operator }) => ({
            path,
            operator,
            kind: 'native',
            device: 'fake',
          })),
        dispose: () => {
          executable.isDisposed = true;
        },
      };
    },
    upload: async ({ dtype, shape }) => fakeTensor(dtype, shape),
    dispose: async () => undefined,
  };
  return Object.assign(state, { backend });
}

function zerosFor(program: ProgramV1, inputs: RunInputs): Record<string, DeviceTensorV1> {
  const shapes = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [name, shape]),
  );
  const bindings = bindInputShapes(program, shapes);
  return Object.fromEntries(
    program.outputs.map(({ name, value }) => {
      const { dtype, shape } = program.values[value] ?? { dtype: 'float32', shape: [] };
      return [name, fakeTensor(dtype, evaluateShape(shape, bindings))];
    }),
  );
}

/** A device tensor of zeros that knows whether it was disposed. */
export function fakeTensor(
  dtype: HostTensor['dtype'],
  shape: readonly number[],
): DeviceTensorV1 & { readonly isDisposed: () => boolean } {
  let disposed = false;
  const length = shape.reduce((product, size) => product * size, 1);
  return {
    dtype,
    shape,
    read: async () => {
      if (dtype === 'float32') return { dtype, shape, data: new Float32Array(length) };
      if (dtype === 'int32') return { dtype, shape, data: new Int32Array(length) };
      return { dtype, shape, data: new Uint8Array(length) };
    },
    dispose: () => {
      disposed = true;
    },
    isDisposed: () => disposed,
  };
}
