import { SerializationError } from '@etalon/spec';

/** Returns the error for a file that the system did not read or write. */
export function fileError(
  code: 'FILE_READ' | 'FILE_WRITE',
  path: string,
  cause: unknown,
): SerializationError {
  const verb = code === 'FILE_READ' ? 'read' : 'written';
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SerializationError(
    code,
    code === 'FILE_READ' && isMissing(cause)
      ? `${path}: there is no such file.`
      : `${path}: the file cannot be ${verb}, got ${JSON.stringify(reason)}.`,
    { cause, details: { path } },
  );
}

/** Tells whether the system failed because there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
