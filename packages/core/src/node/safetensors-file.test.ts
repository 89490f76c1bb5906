import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HostTensor } from '@etalon/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../serialization/decode-safetensors.ts';
import { loadSafetensors, saveSafetensors } from './safetensors-file.ts';

const tensors: Readonly<Record<string, HostTensor>> = {
  'dense_1/kernel': { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 4) },
  steps: { dtype: 'int32', shape: [], data: Int32Array.of(7) },
};
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etalon-safetensors-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('saveSafetensors and loadSafetensors', () => {
  it('read back what was written, by path and by URL', async () => {
    const path = join(folder, 'a.safetensors');
    await saveSafetensors(path, tensors, { epoch: '3' });
    expect(await loadSafetensors(path)).toEqual({ tensors, metadata: { epoch: '3' } });
    await saveSafetensors(pathToFileURL(path), tensors);
    expect(await loadSafetensors(pathToFileURL(path))).toEqual({ tensors, metadata: {} });
  });

  it('write what the safetensors library wrote', async () => {
    const vector = new URL('../../test/vectors/every-type.safetensors', import.meta.url);
    const { tensors: read, metadata } = await loadSafetensors(vector);
    const path = join(folder, 'b.safetensors');
    await saveSafetensors(path, read, metadata);
    expect(await readFile(path)).toEqual(await readFile(vector));
  });
});

describe('saveSafetensors', () => {
  it('leaves the old file when tensors cannot be written', async () => {
    const path = join(folder, 'c.safetensors');
    await saveSafetensors(path, tensors);
    const wrong: HostTensor = { dtype: 'float32', shape: [3], data: new Float32Array(2) };
    await expect(saveSafetensors(path, { wrong })).rejects.toMatchObject({
      name: 'SerializationError',
      code: 'SAFETENSORS_TENSOR',
    });
    expect(decodeSafetensors(await readFile(path)).tensors).toEqual(tensors);
  });

  it('reports a folder that does not exist', async () => {
    const path = join(folder, 'missing', 'a.safetensors');
    await expect(saveSafetensors(path, tensors)).rejects.toMatchObject({
      name: 'SerializationError',
      code: 'FILE_WRITE',
      cause: expect.objectContaining({ code: 'ENOENT' }),
    });
    expect(await readdir(folder)).not.toContain('missing');
  });
});

describe('loadSafetensors', () => {
  it('reports a file that does not exist', async () => {
    const path = join(folder, 'missing.safetensors');
    await expect(loadSafetensors(path)).rejects.toMatchObject({
      name: 'SerializationError',
      code: 'FILE_READ',
      message: `${path}: there is no such file.`,
      cause: expect.objectContaining({ code: 'ENOENT' }),
      details: { path },
    });
  });

  it('reports a folder in place of a file', async () => {
    const path = join(folder, 'folder');
    await mkdir(path);
    await expect(loadSafetensors(path)).rejects.toMatchObject({
      code: 'FILE_READ',
      message: expect.stringMatching(/folder: the file cannot be read, got "EISDIR.+"\.$/),
      cause: expect.objectContaining({ code: 'EISDIR' }),
    });
  });

  it('begins what is wrong with a file with its path', async () => {
    const path = join(folder, 'corrupt.safetensors');
    await writeFile(path, Uint8Array.of(1, 2, 3));
    await expect(loadSafetensors(path)).rejects.toMatchObject({
      name: 'SerializationError',
      code: 'SAFETENSORS_TRUNCATED',
      message: expect.stringContaining(`${path}: the file ends inside the header's length`),
    });
  });
});
