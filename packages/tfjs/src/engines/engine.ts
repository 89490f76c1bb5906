import type { DType } from '@etalon/spec';
import type { TfjsArray, TfjsAttributes, TfjsDType, TfjsTensor } from '../runtime.ts';

/** Engines of TensorFlow.js that the backend can use. */
export type TfjsEngineName = 'cpu' | 'wasm';

/** An engine that is running. */
export interface Engine {
  readonly name: TfjsEngineName;
  /**
   * Calls a kernel.
   *
   * @throws {Error} the engine's own, among others when it has no such kernel.
   */
  run(
    kernel: string,
    inputs: Readonly<Record<string, TfjsTensor>>,
    attributes: TfjsAttributes,
  ): TfjsTensor;
  /** Allocates a tensor; its elements are zero or left over from earlier use. */
  allocate(dtype: TfjsDType, shape: readonly number[]): TfjsTensor;
  /** Makes a tensor of elements on the host, which it may keep instead of copying them. */
  place(dtype: TfjsDType, shape: readonly number[], data: TfjsArray): TfjsTensor;
  /** Elements of a tensor where they lie: valid until the next allocation. */
  view(tensor: TfjsTensor): TfjsArray;
  /** Returns another handle of a tensor's memory. */
  share(tensor: TfjsTensor, shape: readonly number[]): TfjsTensor;
  /** Gives a handle back. */
  release(tensor: TfjsTensor): void;
  /** Number of memories in use: in the whole process, where the engine has one heap. */
  memoryCount(): number;
}

/** Element type of the engine that carries one of the programs'. */
export const engineDTypes: Readonly<Record<DType, TfjsDType>> = {
  float32: 'float32',
  int32: 'int32',
  bool: 'bool',
  uint8: 'bool',
};
