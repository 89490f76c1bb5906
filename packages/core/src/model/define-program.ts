import type { MapTree, PreparedRunOptions, Tensor, TensorsOf, TensorType } from '@etalon/compiler';
import { flattenTree, isTensor, mapTree, prepare, traceProgram } from '@etalon/compiler';
import type {
  BackendV1,
  CompileOptions,
  DeviceTensorV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
} from '@etalon/spec';
import { ProgramError } from '@etalon/spec';
import { LoopState } from '../training/loop-state.ts';
import type { ProgramLoop } from '../training/program-loop.ts';
import { StatefulLoop } from '../training/program-loop.ts';
import { isValue } from './tensor-leaves.ts';

/** A program with the shape of its inputs and outputs as trees. */
export interface DefinedProgram<S, R> {
  /** The program itself; leaf paths name its inputs and outputs. */
  readonly program: ProgramV1;
  /**
   * Makes the program ready for a backend.
   *
   * @param options - `aliases` by leaf path: `{ 'state/parameters/dense_1/kernel': 'state/…' }`.
   */
  prepare(backend: BackendV1, options?: CompileOptions): Promise<RunnableProgram<S, R>>;
  /**
   * Makes the program ready for a backend as the step of a loop: inputs that come back as outputs of the same names are
   * its state, which stays on the device and never has to be disposed.
   *
   * @param first - the state before the first run, by name: `{ state: { model: model.initialize(42) } }`. Its arrays
   * must not change before the first run.
   * @throws {DataError} (rejects) `LOOP_STATE` when something of the state is missing, unknown or of another type, or
   * does not come back.
   * @throws {AttributeError} (rejects) `ALIAS_TYPE` when it comes back with another type.
   * @throws {EtalonError} (rejects) what `prepare` does.
   */
  prepareLoop<K extends keyof S & keyof R>(
    backend: BackendV1,
    first: { readonly [P in K]: MapTree<S[P], TensorType, HostTensor> },
  ): Promise<ProgramLoop<S, R, K>>;
}

/** A program that runs on trees of tensors. */
export interface RunnableProgram<S, R> {
  /** The program as the backend got it. */
  readonly program: ProgramV1;
  /** Runs the program; see {@link PreparedProgram.run}. */
  run(
    inputs: MapTree<S, TensorType, HostTensor | DeviceTensorV1>,
    options?: PreparedRunOptions,
  ): Promise<MapTree<R, Tensor, DeviceTensorV1>>;
  /**
   * Places a tensor on the device for the runs that follow; the caller disposes it. See {@link PreparedProgram.upload}.
   *
   * @param input - path of the input that it is for: `data/image`.
   */
  upload(input: string, tensor: HostTensor): Promise<DeviceTensorV1>;
  /** Reports where each node runs. */
  placement(): Promise<readonly NodePlacement[]>;
  /** Frees what the backend holds. Idempotent. */
  dispose(): void;
}

/**
 * Defines a program of your own: anything that is not `fit`. The body runs once.
 *
 * @param inputs - declarations, nested as you like; `stateOf(model)` declares a model's variables.
 * @param body - returns the outputs, nested as you like.
 * @throws {ProgramError} when the body does not return tensors by name.
 * @throws {EtalonError} whatever the operators find, with the path to the node.
 *
 * @example
 * const square = defineProgram({ x: tensor('float32', ['n']) }, ({ x }) => ({ y: mul(x, x) }));
 * const runnable = await square.prepare(backend);
 */
export function defineProgram<S extends object, R extends object>(
  inputs: S,
  body: (inputs: TensorsOf<S>) => R,
  { name = 'program' }: { readonly name?: string } = {},
): DefinedProgram<S, R> {
  const traced: R[] = [];
  const program = traceProgram(name, branches(inputs), (tensors) => {
    const outputs = body(tensors as TensorsOf<S>);
    requireOutputs(name, outputs);
    traced.push(outputs);
    return branches(outputs);
  });
  const [structure] = traced;
  return {
    program,
    prepare: async (backend, options) => {
      const prepared = await prepare(program, backend, options);
      return {
        program: prepared.program,
        run: async (tree, runOptions) => {
          const leaves = Object.fromEntries(flattenTree(tree, isValue));
          const results = await prepared.run(leaves, runOptions);
          return mapTree(structure, isTensor, (_, path) => results[path]) as MapTree<
            R,
            Tensor,
            DeviceTensorV1
          >;
        },
        upload: (input, tensor) => prepared.upload(input, tensor),
        placement: () => prepared.placement(),
        dispose: () => prepared.dispose(),
      };
    },
    prepareLoop: async <K extends keyof S & keyof R>(backend: BackendV1, tree: object) => {
      const state = new LoopState(program, branches(inputs), Object.keys(tree));
      const first = state.leavesOf(tree);
      const others = Object.entries(branches(structure ?? {})).filter(
        ([key]) => !Object.hasOwn(tree, key),
      );
      const prepared = await prepare(program, backend, { aliases: state.aliases });
      const outputs = Object.fromEntries(others);
      const loop = new StatefulLoop({ name, prepared, state, first, outputs });
      // What the trees of types say of a loop, it checked when the state was given.
      return loop as unknown as ProgramLoop<S, R, K>;
    },
  };
}

// An interface such as that of `valueAndGradient`'s result is no record to the compiler, though it is a tree.
function branches(tree: object): Readonly<Record<string, unknown>> {
  return { ...tree };
}

function requireOutputs(name: string, outputs: unknown): void {
  if (typeof outputs === 'object' && outputs !== null && !isTensor(outputs)) return;
  throw new ProgramError(
    'PROGRAM_OUTPUT',
    `${name}: the body must return tensors by name, got ${isTensor(outputs) ? 'one tensor' : String(outputs)}.\nFix: return an object such as { loss }.`,
  );
}
