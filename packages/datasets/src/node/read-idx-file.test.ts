import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDatasetRejection, int32, uint8 } from '../../test/support.ts';
import { encodeIdx } from '../encode-idx.ts';
import { readIdxFile } from './read-idx-file.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etalon-idx-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe('readIdxFile', () => {
  it('reads a plain file, by path or by URL', async () => {
    const path = await fileOf('plain', encodeIdx(int32([1, 2, 3])));
    expect(await readIdxFile(path)).toEqual(int32([1, 2, 3]));
    expect(await readIdxFile(pathToFileURL(path))).toEqual(int32([1, 2, 3]));
  });

  it('reads a compressed file whatever its name is', async () => {
    const small = uint8([1, 2, 3]);
    const large = int32(Array.from({ length: 100_000 }, (_, i) => i * 7919));
    expect(await readIdxFile(await fileOf('small', gzipSync(encodeIdx(small))))).toEqual(small);
    expect(await readIdxFile(await fileOf('large', gzipSync(encodeIdx(large))))).toEqual(large);
  });

  it('names a missing file', async () => {
    const path = join(folder, 'absent');
    await expectDatasetRejection(readIdxFile(path), 'FILE_NOT_FOUND', /absent: there is no such/);
  });

  it('reports what cannot be read, with the cause', async () => {
    await expectDatasetRejection(
      readIdxFile(folder),
      'FILE_UNREADABLE',
      /cannot be read, got EISDIR/,
    );
    await expect(readIdxFile(folder)).rejects.toHaveProperty('cause.code', 'EISDIR');
  });

  it('answers every proper prefix of a compressed file with a DatasetError', async () => {
    const compressed = gzipSync(encodeIdx(uint8([1, 2, 3])));
    for (let length = 0; length < compressed.length; length += 1) {
      const path = await fileOf('cut', compressed.subarray(0, length));
      // One byte of the magic number is not enough to tell gzip from anything else.
      const code = length < 2 ? 'IDX_TRUNCATED' : 'GZIP_CORRUPT';
      await expectDatasetRejection(readIdxFile(path), code, /cut: /);
    }
  });

  it('reports damage inside the compressed data', async () => {
    const compressed = gzipSync(encodeIdx(int32(Array.from({ length: 500 }, (_, i) => i * i))));
    compressed.fill(0xff, 20, 40);
    const path = await fileOf('damaged', compressed);
    await expectDatasetRejection(readIdxFile(path), 'GZIP_CORRUPT', /does not decompress, got "/);
  });

  it('stops decompressing once there is more than the header announces', async () => {
    const file = new Uint8Array(50_000_000);
    file.set(encodeIdx(uint8([1, 2, 3])));
    const path = await fileOf('bomb', gzipSync(file, { level: 1 }));
    await expectDatasetRejection(
      readIdxFile(path),
      'IDX_OVERSIZED',
      /longer than its header says, got more than 11 bytes/,
    );
  });

  it('names the path in errors of the format', async () => {
    const path = await fileOf('page.html', new TextEncoder().encode('<html>'));
    await expectDatasetRejection(readIdxFile(path), 'IDX_BAD_MAGIC', /page\.html: not an IDX file/);
    const packed = await fileOf('packed', gzipSync(new TextEncoder().encode('<html>')));
    await expectDatasetRejection(readIdxFile(packed), 'IDX_BAD_MAGIC', /packed: not an IDX file/);
  });
});
