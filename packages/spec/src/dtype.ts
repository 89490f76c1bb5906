/**
 * Element types of version 1. `float32`, `int32` and `bool` flow through programs; `uint8` is for
 * inputs: operators take it where their documentation says any dtype (`cast`, `equal`, `where`, `gather`, data
 * movement), and none computes with it.
 */
export type DType = 'float32' | 'int32' | 'bool' | 'uint8';

/** Typed array that carries one element type on the host. `bool` is stored as bytes 0 and 1. */
export interface TypedArrayOf {
  readonly float32: Float32Array;
  readonly int32: Int32Array;
  readonly bool: Uint8Array;
  readonly uint8: Uint8Array;
}
