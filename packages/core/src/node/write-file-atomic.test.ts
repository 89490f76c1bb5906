import type { FileHandle } from 'node:fs/promises';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeFileAtomic } from './write-file-atomic.ts';

// The real functions, wrapped so that a test can make one of them fail: root ignores permissions.
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof files>();
  return { ...original, open: vi.fn(original.open), rename: vi.fn(original.rename) };
});

const { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } = files;

const oldBytes = Uint8Array.of(1, 2, 3);
const newBytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
let root = '';
let folder = '';
let path = '';
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'etalon-atomic-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  count += 1;
  folder = join(root, String(count));
  path = join(folder, 'model.safetensors');
  await mkdir(folder);
});

afterEach(() => {
  vi.mocked(files.open).mockReset();
  vi.mocked(files.rename).mockReset();
});

beforeEach(async () => {
  const original = await vi.importActual<typeof files>('node:fs/promises');
  vi.mocked(files.open).mockImplementation(original.open);
  vi.mocked(files.rename).mockImplementation(original.rename);
});

async function contentOf(file: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(file));
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}

/** Lets one method of the temporary file's handle fail. */
function failIn(method: 'writeFile' | 'sync' | 'close', error: Error): void {
  const opened = vi.mocked(files.open).getMockImplementation();
  vi.mocked(files.open).mockImplementationOnce(async (...args) => {
    const handle = (await opened?.(...args)) as FileHandle;
    const close = handle.close.bind(handle);
    handle[method] = async () => {
      if (method === 'close') await close();
      throw error;
    };
    return handle;
  });
}

async function expectWriteError(target: string, cause: unknown = expect.any(Error)): Promise<void> {
  await expect(writeFileAtomic(target, newBytes)).rejects.toMatchObject({
    name: 'SerializationError',
    code: 'FILE_WRITE',
    message: expect.stringMatching(/^.+: the file cannot be written, got ".+"\.$/),
    cause,
    details: { path: target },
  });
}

describe('writeFileAtomic', () => {
  it('writes a new file and nothing beside it', async () => {
    await writeFileAtomic(path, newBytes);
    expect(await contentOf(path)).toEqual(newBytes);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('takes a URL', async () => {
    await writeFileAtomic(pathToFileURL(path), newBytes);
    expect(await contentOf(path)).toEqual(newBytes);
  });

  it('replaces a file, which keeps its permissions', async () => {
    await writeFile(path, oldBytes);
    // more than the usual mask lets new files have
    await chmod(path, 0o666);
    await writeFileAtomic(path, newBytes);
    expect(await contentOf(path)).toEqual(newBytes);
    expect((await stat(path)).mode & 0o777).toBe(0o666);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('replaces the file behind a symbolic link', async () => {
    const link = join(folder, 'latest');
    await writeFile(path, oldBytes);
    await symlink('model.safetensors', link);
    await writeFileAtomic(link, newBytes);
    expect(await contentOf(path)).toEqual(newBytes);
    expect((await files.lstat(link)).isSymbolicLink()).toBe(true);
  });

  it('writes whole files when several write at once', async () => {
    const contents = [1, 2, 3, 4].map((value) => new Uint8Array(50_000).fill(value));
    await Promise.all(contents.map((bytes) => writeFileAtomic(path, bytes)));
    const written = await contentOf(path);
    expect(contents).toContainEqual(written);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('has the bytes on the disk before the file takes its place', async () => {
    const events: string[] = [];
    const opened = vi.mocked(files.open).getMockImplementation();
    vi.mocked(files.open).mockImplementationOnce(async (...args) => {
      const handle = (await opened?.(...args)) as FileHandle;
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        events.push('sync');
        await sync();
      };
      return handle;
    });
    const renamed = vi.mocked(files.rename).getMockImplementation();
    vi.mocked(files.rename).mockImplementationOnce(async (from, to) => {
      events.push('rename');
      await renamed?.(from, to);
    });
    await writeFileAtomic(path, newBytes);
    expect(events).toEqual(['sync', 'rename']);
  });

  it.each(['writeFile', 'sync', 'close'] as const)(
    'leaves the old file and no other when %s fails',
    async (method) => {
      await writeFile(path, oldBytes);
      const error = failure('ENOSPC');
      failIn(method, error);
      await expectWriteError(path, error);
      expect(await contentOf(path)).toEqual(oldBytes);
      expect(await readdir(folder)).toEqual(['model.safetensors']);
    },
  );

  it('leaves the old file and no other when the rename fails', async () => {
    await writeFile(path, oldBytes);
    const error = failure('EPERM');
    vi.mocked(files.rename).mockRejectedValueOnce(error);
    await expectWriteError(path, error);
    expect(await contentOf(path)).toEqual(oldBytes);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('reports a folder that it must not write to', async () => {
    await writeFile(path, oldBytes);
    const error = failure('EROFS');
    vi.mocked(files.open).mockRejectedValueOnce(error);
    await expectWriteError(path, error);
    expect(await contentOf(path)).toEqual(oldBytes);
  });

  it('does not fail when the folder cannot be synchronised', async () => {
    const opened = vi.mocked(files.open).getMockImplementation();
    vi.mocked(files.open).mockImplementation(async (...args) => {
      if (args[0] === folder) throw failure('EISDIR');
      return (await opened?.(...args)) as FileHandle;
    });
    await writeFileAtomic(path, newBytes);
    expect(await contentOf(path)).toEqual(newBytes);
  });

  it('reports a folder that does not exist', async () => {
    await expectWriteError(
      join(folder, 'missing', 'x'),
      expect.objectContaining({ code: 'ENOENT' }),
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('reports a target that is a folder, and leaves it', async () => {
    await mkdir(path);
    await writeFile(join(path, 'inside'), oldBytes);
    await expectWriteError(path);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
    expect(await contentOf(join(path, 'inside'))).toEqual(oldBytes);
  });

  it('reports a path below a file', async () => {
    await writeFile(path, oldBytes);
    await expectWriteError(join(path, 'x'), expect.objectContaining({ code: 'ENOTDIR' }));
    expect(await contentOf(path)).toEqual(oldBytes);
  });
});
