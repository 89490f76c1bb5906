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
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
  readonly executionMode: 'sequential';
  readonly graphOptimizationLevel: 'disabled' | 'basic' | 'extended' | 'all';
  readonly enableCpuMemArena: boolean;
  readonly enableMemPattern: boolean;
  readonly logSeverityLevel: 0 | 1 | 2 | 3 | 4;
  readonly enableProfiling?: boolean;
  readonly profileFilePrefix?: string;
}

/** Options of one run. */
export interface OnnxRunOptions {
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
}

/** Tensor that the engine made for an output. */
export interface OnnxOutput extends OnnxTensor {
  readonly data: unknown;
}

/** What the engine returns from a run, by the outputs' names. */
export type OnnxOutputs = Readonly<Record<string, OnnxOutput | undefined>>;

/** A model that the engine has loaded. */
export interface OnnxSession {
  /**
   * Computes the outputs named in `fetches`. onnxruntime-node fills the tensors there and returns copies of them;
   * onnxruntime-web takes `null` and returns tensors of its own.
   */
  run(
    feeds: Readonly<Record<string, OnnxTensor | undefined>>,
    fetches: Readonly<Record<string, OnnxTensor | null>>,
    options?: OnnxRunOptions,
  ): Promise<OnnxOutputs>;
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

/** The part of a build of ONNX Runtime for JavaScript that runs models. */
export interface OnnxRuntime {
  readonly InferenceSession: OnnxSessionFactory;
  readonly Tensor: OnnxTensorConstructor;
}

/**
 * The part of the module `onnxruntime-node` that the backend calls. The module fits as it is; a wrapper
 * around it can be passed as the option `runtime`.
 */
export interface OnnxNodeRuntime extends OnnxRuntime {
  /** Returns the providers that this build knows. */
  listSupportedBackends(): readonly OnnxProvider[];
}

/** Where the files of the engine are: a folder's URL that ends with `/`, or the URL of each file. */
export type OnnxWasmPaths =
  | string
  | { readonly mjs?: string | UrlLike; readonly wasm?: string | UrlLike };

/** A `URL`, without the types of a browser or of Node. */
export interface UrlLike {
  readonly href: string;
}

/**
 * The part of the module `onnxruntime-web` that the backend calls. The module fits as it is; another instance of it, or a
 * wrapper, can be passed as the option `runtime`.
 */
export interface OnnxWebRuntime extends OnnxRuntime {
  readonly env: {
    /** Settings of the whole module. The first session reads them; later changes are without effect. */
    readonly wasm: { numThreads?: number; wasmPaths?: OnnxWasmPaths };
  };
}
