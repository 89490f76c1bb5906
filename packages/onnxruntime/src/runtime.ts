/** Tensor of the engine; the backend makes them and never looks inside. */
export interface OnnxTensor {
  readonly type: string;
  readonly dims: readonly number[];
}

/** Constructors of CPU tensors that the backend uses. They keep the array; they do not copy it. */
export interface OnnxTensorConstructor {
  new (type: 'float32', data: Float32Array, dims: readonly number[]): OnnxTensor;
  new (type: 'int32', data: Int32Array, dims: readonly number[]): OnnxTensor;
  new (type: 'uint8', data: Uint8Array, dims: readonly number[]): OnnxTensor;
  new (type: 'bool', data: Uint8Array, dims: readonly number[]): OnnxTensor;
}

/** Session options that the backend sets, in the words of ONNX Runtime. */
export interface OnnxSessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly executionMode: 'sequential';
  readonly graphOptimizationLevel: 'disabled' | 'basic' | 'extended' | 'all';
  readonly enableCpuMemArena: boolean;
  readonly enableMemPattern: boolean;
  readonly logSeverityLevel: 0 | 1 | 2 | 3 | 4;
  readonly enableProfiling?: boolean;
  readonly profileFilePrefix?: string;
}

/** Copies of outputs that the engine returns from a run, by name. */
export type EngineCopies = Readonly<Record<string, { readonly data: unknown } | undefined>>;

/** A model that the engine has loaded. */
export interface OnnxSession {
  /** Fills the tensors in `fetches`; what it returns are copies of them. */
  run(
    feeds: Readonly<Record<string, OnnxTensor | undefined>>,
    fetches: Readonly<Record<string, OnnxTensor | null>>,
  ): Promise<EngineCopies>;
  /** Ends the profiler and writes its file. */
  endProfiling(): void;
  /** Frees the model. */
  release(): Promise<void>;
}

/** Loads models. */
export interface OnnxSessionFactory {
  /** Loads the bytes of an ONNX file; rejects with the engine's own error. */
  create(model: Uint8Array, options: OnnxSessionOptions): Promise<OnnxSession>;
}

/** Provider that a build of the engine knows; one that is not `bundled` needs more files. */
export interface OnnxProvider {
  readonly name: string;
  readonly bundled: boolean;
}

/**
 * The part of the module `onnxruntime-node` that the backend calls. The module fits as it is; a wrapper
 * around it can be passed as the option `runtime`.
 */
export interface OnnxRuntime {
  readonly InferenceSession: OnnxSessionFactory;
  readonly Tensor: OnnxTensorConstructor;
  /** Returns the providers that this build knows. */
  listSupportedBackends(): readonly OnnxProvider[];
}
