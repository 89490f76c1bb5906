import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { decodeIdx } from '../decode-idx.ts';
import { DatasetError } from '../errors.ts';
import type { HostTensor } from '../host-tensor.ts';
import { hasGzipMagic, idxMaxHeaderLength, parseIdxHeader } from '../internal/idx-format.ts';
import { readBytes } from './read-bytes.ts';

/**
 * Returns the tensor in an IDX file, plain or compressed with gzip (told apart by content, not by name).
 *
 * Types are decoded as `decodeIdx` does.
 *
 * @throws {DatasetError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `GZIP_CORRUPT`, and the codes of `decodeIdx`
 */
export async function readIdxFile(path: string | URL): Promise<HostTensor> {
  const where = String(path);
  const bytes = await readBytes(path, where);
  return decodeIdx(hasGzipMagic(bytes) ? await gunzipIdx(bytes, where) : bytes, { where });
}

async function gunzipIdx(compressed: Uint8Array, where: string): Promise<Uint8Array> {
  const stream = Readable.from([compressed]).pipe(createGunzip({ chunkSize: 1 << 16 }));
  const chunks: Uint8Array[] = [];
  let length = 0;
  let announced = Number.POSITIVE_INFINITY;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (announced === Number.POSITIVE_INFINITY && length >= idxMaxHeaderLength) {
        announced = parseIdxHeader(Buffer.concat(chunks), where).byteLength;
      }
      // A small file can expand to gigabytes: stop as soon as there is more than the header announces.
      if (length > announced) {
        throw new DatasetError('IDX_OVERSIZED', [
          `${where}: the decompressed file is longer than its header says, got more than ${announced} bytes.`,
        ]);
      }
    }
  } catch (cause) {
    if (DatasetError.isInstance(cause)) {
      throw cause;
    }
    throw corrupt(where, length, cause);
  }
  return Buffer.concat(chunks);
}

function corrupt(where: string, length: number, cause: unknown): DatasetError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatasetError(
    'GZIP_CORRUPT',
    [
      `${where}: the file starts as gzip but does not decompress, got "${reason}" after ${length} bytes.`,
      'Fix: the file may be cut off; fetch it again.',
    ],
    { cause },
  );
}
