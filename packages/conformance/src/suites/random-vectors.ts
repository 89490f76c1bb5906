import type { HostTensor } from '@etalon/spec';
import vectors from '../vectors/random.json' with { type: 'json' };

/** A draw of `jax.random`, as the vector file holds it. */
export interface DrawVector {
  readonly operator: string;
  readonly attributes: { readonly shape: readonly number[]; readonly stream: string };
  readonly seed: number;
  readonly iteration: readonly number[];
  /** Bits of float32 numbers, or 0 and 1. */
  readonly bits: readonly number[];
}

/** Draws by the name of their check. */
export const drawVectors: Readonly<Record<string, DrawVector>> = vectors.cases;

/** Operators that draw. */
export type DrawOperator = 'randomUniform' | 'randomNormal' | 'randomBernoulli';

/** Words of a tensor: bits of float32 numbers, other elements as they are. */
export function wordsOf({ dtype, data }: HostTensor): Uint32Array {
  return dtype === 'float32'
    ? new Uint32Array(data.buffer, data.byteOffset, data.length)
    : Uint32Array.from(data);
}

/** Compares a tensor's bits; tells what differs. */
export function compareBits(
  name: string,
  tensor: HostTensor | undefined,
  expected: Uint32Array,
): string | undefined {
  if (tensor === undefined) return `output "${name}" is missing, got none.`;
  const words = wordsOf(tensor);
  if (words.length !== expected.length) {
    return `output "${name}" has the wrong size, got ${words.length} elements.\nExpected ${expected.length}.`;
  }
  const at = words.findIndex((word, i) => word !== expected[i]);
  if (at < 0) return undefined;
  return `output "${name}": the bits differ, got ${hexadecimal(words[at])} at element ${at}.\nExpected ${hexadecimal(expected[at])}.`;
}

function hexadecimal(word: number | undefined): string {
  return `0x${(word ?? 0).toString(16).padStart(8, '0')}`;
}
