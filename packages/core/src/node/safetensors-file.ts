import { readFile } from 'node:fs/promises';
import type { HostTensor } from '@etalon/spec';
import type { Safetensors } from '../serialization/decode-safetensors.ts';
import { decodeSafetensors } from '../serialization/decode-safetensors.ts';
import { encodeSafetensors } from '../serialization/encode-safetensors.ts';
import { fileError } from './file-error.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

/**
 * Writes tensors to a safetensors file, as a whole or not at all.
 *
 * @param tensors - by name.
 * @param metadata - texts by name.
 * @throws {SerializationError} (rejects) `FILE_WRITE`, the failure as its `cause`, and the codes of
 * {@link encodeSafetensors}; the file that was there is left as it was.
 */
export async function saveSafetensors(
  path: string | URL,
  tensors: Readonly<Record<string, HostTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomic(path, encodeSafetensors(tensors, metadata));
}

/**
 * Reads a safetensors file.
 *
 * @throws {SerializationError} (rejects) `FILE_READ`, the failure as its `cause`, and the codes of
 * {@link decodeSafetensors}.
 */
export async function loadSafetensors(path: string | URL): Promise<Safetensors> {
  const where = String(path);
  return decodeSafetensors(await readBytes(path, where), { where });
}

async function readBytes(path: string | URL, where: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw fileError('FILE_READ', where, cause);
  }
}
