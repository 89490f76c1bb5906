import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileError, isMissing } from './file-error.ts';

/**
 * Writes a file as a whole or not at all: to a temporary file beside it, which takes its place when every byte is on
 * the disk. When it fails, the old file is as it was and nothing is left behind.
 *
 * A symbolic link stays one, and the file it points to is replaced; a replaced file keeps its permissions.
 *
 * @throws {SerializationError} (rejects) `FILE_WRITE`, the failure as its `cause`.
 */
export async function writeFileAtomic(path: string | URL, bytes: Uint8Array): Promise<void> {
  const where = path instanceof URL ? path.href : path;
  try {
    await replaceFile(await resolveTarget(path instanceof URL ? fileURLToPath(path) : path), bytes);
  } catch (cause) {
    throw fileError('FILE_WRITE', where, cause);
  }
}

async function replaceFile(target: string, bytes: Uint8Array): Promise<void> {
  // in the same folder, since a rename cannot leave the file system
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    await writeAndSync(temporary, bytes, await permissionsOf(target));
    await rename(temporary, target);
  } catch (error) {
    // what happened first is what matters, also if the file cannot be removed
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(target));
}

async function writeAndSync(
  path: string,
  bytes: Uint8Array,
  permissions: number | undefined,
): Promise<void> {
  const handle = await open(path, 'wx', permissions);
  try {
    // the mode given to open is cut by the process's mask
    if (permissions !== undefined) await handle.chmod(permissions);
    await handle.writeFile(bytes);
    // else a crash after the rename could leave an empty file in its place
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function resolveTarget(path: string): Promise<string> {
  return (await unlessMissing(realpath(path))) ?? path;
}

async function permissionsOf(path: string): Promise<number | undefined> {
  const status = await unlessMissing(stat(path));
  return status && status.mode & 0o777;
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

// Makes the rename itself last. The file is in place by now, so a system that cannot do it (Windows) is no failure.
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}
