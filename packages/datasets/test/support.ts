import { expect } from 'vitest';
import type { DatasetErrorCode, HostTensorOf } from '../src/index.ts';
import { DatasetError } from '../src/index.ts';

/** Asserts that `action` throws a DatasetError with this code, whose message matches `message`. */
export function expectDatasetError(
  action: () => unknown,
  code: DatasetErrorCode,
  message: RegExp,
): void {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  checkDatasetError(thrown, code, message);
}

/** The same for a promise. */
export async function expectDatasetRejection(
  promise: Promise<unknown>,
  code: DatasetErrorCode,
  message: RegExp,
): Promise<void> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  checkDatasetError(thrown, code, message);
}

function checkDatasetError(thrown: unknown, code: DatasetErrorCode, message: RegExp): void {
  expect(thrown).toBeInstanceOf(DatasetError);
  expect(thrown).toHaveProperty('code', code);
  expect((thrown as DatasetError).message).toMatch(message);
}

export function int32(values: readonly number[], shape = [values.length]): HostTensorOf<'int32'> {
  return { dtype: 'int32', shape, data: Int32Array.from(values) };
}

export function float32(
  values: readonly number[],
  shape = [values.length],
): HostTensorOf<'float32'> {
  return { dtype: 'float32', shape, data: Float32Array.from(values) };
}

export function uint8(values: readonly number[], shape = [values.length]): HostTensorOf<'uint8'> {
  return { dtype: 'uint8', shape, data: Uint8Array.from(values) };
}
