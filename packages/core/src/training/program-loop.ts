import type {
  MapTree,
  PreparedProgram,
  PreparedRunOptions,
  Tensor,
  TensorType,
} from '@etalon/compiler';
import { flattenTree, isTensor, isTensorType, mapTree } from '@etalon/compiler';
import type {
  DeviceTensorV1,
  HostTensor,
  NodePlacement,
  ProgramV1,
  RunInputs,
  RunOutputs,
} from '@etalon/spec';
import { DataError, DisposedError, TrainingError } from '@etalon/spec';
import { isValue } from '../model/tensor-leaves.ts';
import { GuardedState } from './guarded-state.ts';
import type { LiveState } from './live-state.ts';
import type { LoopState } from './loop-state.ts';

/** A program whose state stays on the device from one run to the next. */
export interface ProgramLoop<S, R, K extends keyof S & keyof R> {
  /** The program as the backend got it. */
  readonly program: ProgramV1;
  /**
   * Runs the program on the state and keeps the next state. Concurrent calls queue in the order they were made.
   *
   * @param inputs - all inputs but the state.
   * @param options - `key` and `iteration` select the random draws. A raised `signal` rejects before the engine is called;
   * what the engine has begun is finished and kept.
   * @returns all outputs but the state, on the host.
   * @throws {DisposedError} (rejects) `LOOP_DISPOSED` after `dispose`.
   * @throws {TrainingError} (rejects) `LOOP_STATE_LOST` after a run whose failure took the state with it.
   * @throws {EtalonError} (rejects) what a prepared program's `run` does; the state is then as it was before, or lost.
   */
  run(
    inputs: MapTree<Omit<S, K>, TensorType, HostTensor | DeviceTensorV1>,
    options?: PreparedRunOptions,
  ): Promise<MapTree<Omit<R, K>, Tensor, HostTensor>>;
  /**
   * Copies the state to the host, between runs.
   *
   * @throws {DisposedError} (rejects) `LOOP_DISPOSED` after `dispose`.
   * @throws {TrainingError} (rejects) `LOOP_STATE_LOST` when it is lost.
   */
  state(): Promise<MapTree<Pick<S, K>, TensorType, HostTensor>>;
  /**
   * Goes on from another state, after the runs that were called before.
   *
   * @throws {DataError} (rejects) `LOOP_STATE` when it is not the whole state.
   * @throws {DisposedError} (rejects) `LOOP_DISPOSED` after `dispose`.
   */
  restore(state: MapTree<Pick<S, K>, TensorType, HostTensor>): Promise<void>;
  /**
   * Places a tensor on the device for the runs that follow, such as a data set whose rows they gather; the caller
   * disposes it.
   *
   * @param input - path of the input that it is for: `data/image`.
   * @throws {EtalonError} (rejects) what a prepared program's `upload` does.
   */
  upload(input: string, tensor: HostTensor): Promise<DeviceTensorV1>;
  /** Reports where each node runs. */
  placement(): Promise<readonly NodePlacement[]>;
  /** Frees the program and the state, after a run that is under way. Idempotent. */
  dispose(): void;
}

/** What a loop is made of. */
export interface ProgramLoopParts {
  readonly name: string;
  readonly prepared: PreparedProgram;
  readonly state: LoopState;
  /** Leaves of the first state by path. */
  readonly first: Readonly<Record<string, HostTensor>>;
  /** The tree of outputs without the state. */
  readonly outputs: object;
}

/** Carries a program's state from run to run. */
export class StatefulLoop {
  readonly program: ProgramV1;
  readonly #parts: ProgramLoopParts;
  readonly #where: string;
  readonly #guarded: GuardedState;
  /** Why the state is lost. */
  #loss: { readonly cause: unknown } | undefined;

  constructor(parts: ProgramLoopParts) {
    this.program = parts.prepared.program;
    this.#parts = parts;
    this.#where = `loop of "${parts.name}"`;
    const disposed = (called: string): DisposedError => disposedLoop(this.#where, called);
    this.#guarded = new GuardedState({ where: this.#where, disposed }, parts.first);
  }

  run(inputs: object, { signal, ...draws }: PreparedRunOptions = {}): Promise<unknown> {
    return this.#guarded.writing('run', async (state) => {
      if (signal?.aborted === true) throw signal.reason;
      this.#requireState();
      const others = Object.fromEntries(flattenTree(inputs, isValue));
      this.#requireNoState(others);
      // Without the signal: an engine that drops what it has done would drop the state.
      const outputs = await this.#attempt(state, { ...others, ...state.inputs }, draws);
      state.advance(outputs);
      return this.#readOthers(outputs);
    });
  }

  state(): Promise<unknown> {
    return this.#guarded.reading('state', async (state) => {
      this.#requireState();
      const tensors = await state.read();
      return mapTree(this.#parts.state.types, isTensorType, (_, path) => tensors[path]);
    });
  }

  async restore(tree: object): Promise<void> {
    const tensors = this.#parts.state.leavesOf(tree);
    await this.#guarded.writing('restore', (state) => {
      state.set(tensors);
      this.#loss = undefined;
    });
  }

  async upload(input: string, tensor: HostTensor): Promise<DeviceTensorV1> {
    return this.#parts.prepared.upload(input, tensor);
  }

  async placement(): Promise<readonly NodePlacement[]> {
    return this.#parts.prepared.placement();
  }

  dispose(): void {
    this.#guarded.dispose(() => this.#parts.prepared.dispose());
  }

  async #attempt(
    state: LiveState,
    inputs: RunInputs,
    draws: PreparedRunOptions,
  ): Promise<RunOutputs> {
    try {
      return await this.#parts.prepared.run(inputs, draws);
    } catch (error) {
      // Aliased inputs may be gone with the run; whether they are shows only when they are used.
      await state.read().catch(() => {
        state.dispose();
        this.#loss = { cause: error };
      });
      throw error;
    }
  }

  async #readOthers(outputs: RunOutputs): Promise<unknown> {
    const leaves = flattenTree(this.#parts.outputs, isTensor).map(([path]) => path);
    try {
      const entries = leaves.map(async (path) => [path, await outputs[path]?.read()] as const);
      const tensors = Object.fromEntries(await Promise.all(entries));
      return mapTree(this.#parts.outputs, isTensor, (_, path) => tensors[path]);
    } finally {
      for (const path of leaves) outputs[path]?.dispose();
    }
  }

  #requireState(): void {
    if (this.#loss === undefined) return;
    throw new TrainingError(
      'LOOP_STATE_LOST',
      `${this.#where}: there is no state, got a run that failed and took it along.\nFix: restore() a state that state() returned, or prepare the loop again.`,
      this.#loss,
    );
  }

  #requireNoState(inputs: RunInputs): void {
    const given = Object.keys(inputs).find((path) => this.#parts.state.paths.has(path));
    if (given === undefined) return;
    throw new DataError(
      'LOOP_STATE',
      `${this.#where}: the state is no input of a run, got "${given}".\nFix: leave it out, or restore() it before.`,
      { details: { path: given } },
    );
  }
}

function disposedLoop(where: string, called: string): DisposedError {
  return new DisposedError(
    'LOOP_DISPOSED',
    `${where}: ${called}() was called, or still ran, after dispose().`,
  );
}
