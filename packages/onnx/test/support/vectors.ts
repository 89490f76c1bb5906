import { readFileSync } from 'node:fs';
import type { DType, HostTensor, OperatorName, OperatorsV1, ProgramV1, Shape } from '@etalon/spec';
import { expect } from 'vitest';
import { ProgramBuilder, type } from './program-builder.ts';

/** Actual tensor as the vectors hold it: what JSON has no number for is a string. */
interface VectorTensor {
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

/** One operator with expected results, written by tools/goldens/onnx/make_lowering.py. */
export interface VectorCase {
  readonly name: string;
  readonly operator: OperatorName;
  readonly attributes: OperatorsV1[OperatorName];
  readonly inputs: readonly { readonly dtype: DType; readonly shape: Shape }[];
  readonly output: { readonly dtype: DType; readonly shape: Shape };
  readonly tolerance: { readonly relative: number; readonly absolute: number };
  readonly runs: readonly {
    readonly inputs: readonly VectorTensor[];
    readonly output: VectorTensor;
  }[];
}

/** Reads the cases of one family. */
export function readVectors(family: string): readonly VectorCase[] {
  const url = new URL(`../vectors/${family}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: readonly VectorCase[] }).cases;
}

/** Returns the program of a case: one node between inputs and the output `y`. */
export function programOf(vector: VectorCase): ProgramV1 {
  const builder = new ProgramBuilder(vector.operator);
  const inputs = vector.inputs.map(({ dtype, shape }, index) =>
    builder.input(`x${index}`, dtype, shape),
  );
  const attributes = reviveNumbers(vector.attributes);
  const { dtype, shape } = vector.output;
  const path = `layer_1 › ${vector.operator}`;
  builder.output('y', builder.node(vector.operator, inputs, attributes, type(dtype, shape), path));
  return builder.finish();
}

/** Returns a vector's tensor in host memory. */
export function hostTensor(dtype: DType, { shape, data }: VectorTensor): HostTensor {
  const numbers = data.map(Number);
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.from(numbers) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(numbers) };
    default:
      return { dtype, shape, data: Uint8Array.from(numbers) };
  }
}

/** Expects a result to be within a case's tolerance of what the vectors hold. */
export function expectWithin(actual: HostTensor, expected: HostTensor, vector: VectorCase): void {
  expect({ dtype: actual.dtype, shape: actual.shape }).toEqual({
    dtype: expected.dtype,
    shape: expected.shape,
  });
  const { relative, absolute } = vector.tolerance;
  const wrong = Array.from(expected.data, (value, index) => ({
    index,
    expected: value,
    actual: actual.data[index] ?? Number.NaN,
  })).filter(({ expected: e, actual: a }) => !isWithin(a, e, absolute + relative * Math.abs(e)));
  expect(wrong).toEqual([]);
}

function isWithin(actual: number, expected: number, tolerance: number): boolean {
  if (!Number.isFinite(expected)) return Object.is(actual, expected);
  return Math.abs(actual - expected) <= tolerance;
}

function reviveNumbers(attributes: OperatorsV1[OperatorName]): OperatorsV1[OperatorName] {
  const special: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity };
  const entries = Object.entries(attributes).map(([key, value]) => [
    key,
    key === 'value' && typeof value === 'string' ? special[value] : value,
  ]);
  return Object.fromEntries(entries) as OperatorsV1[OperatorName];
}
