import type { BackendV1 } from '@etalon/spec';
import { EtalonError } from '@etalon/spec';
import { failure } from './check.ts';

/** An error that must come. */
export interface ExpectedError {
  /** Class: `DisposedError`. */
  readonly name: string;
  /** Stable code, where the contract fixes one. */
  readonly code?: string;
}

/**
 * Checks that an action fails with an error of Etalon's.
 *
 * @param what - what is attempted, in words: `run() after dispose()`.
 * @throws {ConformanceError} (rejects) when the action succeeds or fails otherwise.
 */
export async function mustReject(
  check: string,
  backend: BackendV1,
  what: string,
  action: () => Promise<unknown>,
  { name, code }: ExpectedError,
): Promise<void> {
  const wanted = code === undefined ? name : `${name} (${code})`;
  let error: unknown;
  try {
    await action();
  } catch (caught) {
    error = caught;
  }
  if (error === undefined) {
    throw failure(check, backend, `${what} must reject, got a result.\nExpected ${wanted}.`);
  }
  const fits =
    EtalonError.isInstance(error) &&
    error.name === name &&
    (code === undefined || error.code === code);
  if (fits) return;
  throw failure(
    check,
    backend,
    `${what} must reject with ${wanted}, got ${errorText(error)}.\nExpected an error of @etalon/spec, with the engine's own as its cause.`,
  );
}

/** Names an error: the code of Etalon's, the first line of others. */
export function errorText(error: unknown): string {
  if (EtalonError.isInstance(error)) return `${error.name} (${error.code})`;
  return error instanceof Error
    ? `${error.name}: ${error.message.split('\n', 1)[0]}`
    : String(error);
}
