import { readFileSync } from 'node:fs';
import type { DType, OperatorsV1 } from '@etalon/spec';
import type { KernelName } from '../src/kernels/kernel.ts';
import type { ReferenceTensor } from '../src/tensor.ts';

type Numbers = readonly (number | string)[];

interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** Values of one operator on one set of operands, by PyTorch or NumPy. */
export interface GoldenCase {
  readonly name: string;
  readonly operator: KernelName;
  readonly inputs: readonly StoredTensor[];
  readonly attributes: OperatorsV1[KernelName];
  /** Computed in float64. */
  readonly output: StoredTensor;
  /** The same computed in float32. */
  readonly float32?: Numbers;
}

interface Goldens {
  readonly cases: readonly GoldenCase[];
  /** x, erf(x), erfc(x). */
  readonly errorFunction: readonly (readonly [number, number, number])[];
  readonly network: {
    readonly inputs: Readonly<Record<string, StoredTensor>>;
    readonly output: StoredTensor;
    readonly float32: Numbers;
  };
}

/** What tools/goldens/reference/make_reference.py wrote. */
export const goldens: Goldens = JSON.parse(
  readFileSync(new URL('./vectors/reference.json', import.meta.url), 'utf8'),
);

/** Returns stored numbers; NaN and infinities are stored as text. */
export function numbersOf(stored: Numbers): Float64Array {
  return Float64Array.from(stored, (value) =>
    typeof value === 'number' ? value : Number(value.replace('inf', 'Infinity')),
  );
}

/** Returns an operand: float32 numbers are stored in their shortest form. */
export function operandOf({ dtype, shape, data }: StoredTensor): ReferenceTensor {
  const numbers = numbersOf(data);
  return { dtype, shape, data: dtype === 'float32' ? numbers.map(Math.fround) : numbers };
}
