import type { BackendManifestV1 } from './manifest.ts';
import type { ProgramV1 } from './program.ts';
import type { DeviceTensorV1, HostTensor } from './tensor.ts';

/** Where one node runs. */
export interface NodePlacement {
  /** The user's path to the node. */
  readonly path: string;
  readonly operator: string;
  /** `native`: one engine kernel or more made for it. `decomposed`: rewritten before the engine saw it. `fallback`: left the device. */
  readonly kind: 'native' | 'decomposed' | 'fallback';
  /** Name of the device or provider: `cpu`, `webgpu`. */
  readonly device: string;
}

/** Choices that are fixed when a program is compiled. */
export interface CompileOptions {
  /**
   * Output name to input name: the output may take the input's memory. A device tensor passed for such an
   * input is consumed by the run, and later uses of it reject. Dtypes and shapes of the two are equal.
   */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** Choices of one run. */
export interface RunOptions {
  /**
   * Aborts before the engine is called: the run rejects with the signal's reason and leaves aliased inputs as they
   * were. Work that the engine has begun is finished and dropped.
   */
  readonly signal?: AbortSignalLike;
}

/**
 * The part of the platform's `AbortSignal` that long operations read, so that the contract needs no DOM or
 * Node types.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** Tensors by input name. */
export type RunInputs = Readonly<Record<string, HostTensor | DeviceTensorV1>>;

/** Tensors by output name. */
export type RunOutputs = Readonly<Record<string, DeviceTensorV1>>;

/** Program that an engine has accepted. */
export interface ExecutableV1 {
  /**
   * Runs the program. Inputs are borrowed unless aliased: host arrays are not written to, and no output shares their
   * memory. Outputs belong to the caller, who disposes them; they outlive the executable. Concurrent calls queue in
   * the order they were made.
   *
   * @throws {DisposedError} (rejects) after `dispose`, or when an input was disposed or consumed.
   * @throws {BackendError} (rejects) when the engine fails, its own error as `cause`; inputs that were not aliased
   * are untouched. `BACKEND_FOREIGN_TENSOR` for a tensor of another backend, uploaded ones too.
   */
  run(inputs: RunInputs, options?: RunOptions): Promise<RunOutputs>;
  /** Reports where each node runs, those in the bodies of loops included. */
  placement(): Promise<readonly NodePlacement[]>;
  /** Frees the engine's program. Idempotent; later calls reject with `DisposedError`. */
  dispose(): void;
}

/**
 * An engine on one provider: the contract that a backend package implements.
 *
 * A backend receives programs that the compiler has prepared for its manifest: random draws are inputs,
 * operators outside the manifest are decomposed, no value is empty, names in shapes are bound by inputs. It
 * need not check shapes again.
 */
export interface BackendV1 {
  readonly specificationVersion: 'v1';
  /** Engine and provider: `onnxruntime-cpu`, `tfjs-wasm`. */
  readonly name: string;
  readonly manifest: BackendManifestV1;
  /**
   * Hands a program to the engine.
   *
   * @throws {UnsupportedOperatorError} (rejects) when a node is outside the manifest.
   * @throws {BackendError} (rejects) when the engine refuses the program, its own error as `cause`.
   * @throws {DisposedError} (rejects) after `dispose`.
   */
  compile(program: ProgramV1, options?: CompileOptions): Promise<ExecutableV1>;
  /**
   * Places a tensor on the device, for many runs to read: a data set, say. The engine may keep the array instead
   * of copying it, so its elements must not change until the tensor is disposed.
   *
   * @throws {DTypeError | ShapeError} (rejects) when the data is not what dtype and shape say.
   * @throws {DisposedError} (rejects) after `dispose`.
   */
  upload(tensor: HostTensor): Promise<DeviceTensorV1>;
  /** Frees the engine, all executables and all device tensors: later uses reject with `DisposedError`. Idempotent. */
  dispose(): Promise<void>;
}
