import { readFile } from 'node:fs/promises';
import { DatasetError } from '../errors.ts';

/**
 * Returns the bytes of a file.
 *
 * @throws {DatasetError} (rejects) `FILE_NOT_FOUND`, `FILE_UNREADABLE`
 */
export async function readBytes(path: string | URL, where: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw missing
      ? new DatasetError('FILE_NOT_FOUND', `${where}: there is no such file.`, { cause })
      : new DatasetError('FILE_UNREADABLE', `${where}: the file cannot be read, got ${reason}.`, {
          cause,
        });
  }
}

/**
 * Returns what a JSON file holds.
 *
 * @throws {DatasetError} (rejects) `JSON_CORRUPT`, and as {@link readBytes}
 */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readBytes(path, path);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw notJson(path, cause);
  }
}

function notJson(path: string, cause: unknown): DatasetError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatasetError(
    'JSON_CORRUPT',
    [`${path}: the file is not JSON, got ${reason}.`, 'Fix: it may be cut off; fetch it again.'],
    { cause },
  );
}
