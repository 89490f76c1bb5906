import type { RandomKey } from '@etalon/compiler';

/** Rule for the first values of a variable. */
export interface Initializer {
  readonly name: string;
  /** Returns float32 values for a shape; equal keys give equal bits on every machine. */
  sample(key: RandomKey, shape: readonly number[]): Float32Array;
}
