/** Element types of the engine; `bool` elements are bytes, which carry `uint8` too. */
export type TfjsDType = 'float32' | 'int32' | 'bool';

/** Arrays that the engine keeps its elements in. */
export type TfjsArray = Float32Array | Int32Array | Uint8Array;

/** Tensor of the engine: a handle of its memory, with the shape and element type that it is read with. */
export interface TfjsTensor {
  /** Key of the memory; handles of one memory share it. */
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: string;
}

/** Attributes of a kernel, in the words of TensorFlow.js. */
export type TfjsAttributes = Readonly<Record<string, unknown>>;

/** Call of a kernel. */
export interface TfjsKernelCall {
  readonly inputs: Readonly<Record<string, TfjsTensor>>;
  readonly attrs: TfjsAttributes;
  readonly backend: object;
}

/** Kernel of the registry. */
export interface TfjsKernel {
  readonly kernelFunc: (call: TfjsKernelCall) => TfjsTensor | TfjsTensor[];
}

/** What every backend of TensorFlow.js does with memory. */
export interface TfjsMemory {
  /** Number of memories in use. */
  numDataIds(): number;
  /** Counts one more handle of a memory. */
  incRef(dataId: object): void;
  /** Counts one handle less, and frees the memory with the last. */
  disposeData(dataId: object): boolean;
}

/** The parts of the backend `cpu` that are used: its arrays are JavaScript's. */
export interface TfjsCpuMemory extends TfjsMemory {
  readonly data: { get(dataId: object): { readonly values: TfjsArray } };
  /** Makes a tensor over an array, which it keeps. */
  makeTensorInfo(shape: readonly number[], dtype: TfjsDType, values: TfjsArray): TfjsTensor;
}

/** The parts of the backend `wasm` that are used: its arrays lie in one heap. */
export interface TfjsWasmMemory extends TfjsMemory {
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  /** Allocates a tensor, whose elements are left over from earlier use. */
  makeOutput(shape: readonly number[], dtype: TfjsDType): TfjsTensor;
  /** Elements of a tensor where they lie; the array is dead once the heap grows. */
  typedArrayFromHeap(tensor: TfjsTensor): TfjsArray;
}

/** The part of `@tensorflow/tfjs-core` that is used. */
export interface TfjsCore {
  readonly version_core: string;
  /** Kernel by its name and its backend's; `undefined` when there is none. */
  getKernel(kernel: string, backend: string): TfjsKernel | undefined;
  /** Name of the process's current backend. */
  getBackend(): string | undefined;
  /** Starts a backend if it is not running, and makes it the current one. */
  setBackend(backend: string): Promise<boolean>;
  /** Backend that is running. */
  findBackend(backend: string): unknown;
}

/** The part of `@tensorflow/tfjs-backend-cpu` that is used. */
export interface TfjsCpuModule {
  readonly version_cpu: string;
  readonly MathBackendCPU: new () => TfjsCpuMemory;
}

/** The part of `@tensorflow/tfjs-backend-wasm` that is used. */
export interface TfjsWasmModule {
  readonly version_wasm: string;
}

/** Modules of TensorFlow.js that an engine is made of. */
export interface TfjsRuntime {
  readonly core: TfjsCore;
  /** Needed for the engine `cpu`. */
  readonly cpu?: TfjsCpuModule;
  /** Needed for the engine `wasm`. */
  readonly wasm?: TfjsWasmModule;
}
