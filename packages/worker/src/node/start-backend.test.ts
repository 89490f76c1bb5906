import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { doubling, float32 } from '../../test/channel.ts';
import { connectBackend } from '../remote-backend.ts';
import { workerPort } from './ports.ts';
import { startBackend } from './start-backend.ts';

const threads = new URL('../../test/threads/', import.meta.url);
const module = new URL('worker.mjs', threads);
const x = float32([1, 2], [1, 2]);

// Worker threads and child processes of Node 20 load built modules only.
beforeAll(() => {
  const built = fileURLToPath(new URL('../../dist/node/index.js', import.meta.url));
  if (!existsSync(built)) throw new Error('@etalon/worker is not built.\nFix: npm run build');
});

describe('a worker', () => {
  it('runs programs and ends with dispose', async () => {
    const backend = await startBackend(module);
    const executable = await backend.compile(doubling);
    const { y } = await executable.run({ x });
    expect(await y?.read()).toEqual(float32([2, 4], [1, 2]));
    await backend.dispose();
    await expect(executable.run({ x })).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
  });

  it('leaves the event loop free while it works', async () => {
    const backend = await startBackend(module, { run: 'block' });
    const executable = await backend.compile(doubling);
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 5);
    await executable.run({ x });
    clearInterval(timer);
    // The run takes 300 ms, and not one tick would come if it ran in this thread.
    expect(ticks).toBeGreaterThan(3);
    await backend.dispose();
  });
});

describe('a worker that ends by itself', () => {
  it.each([
    ['exit', 'got exit code 3.'],
    ['throw', 'got "RangeError: unforeseen".'],
  ])('by %s rejects pending and later calls', async (run, got) => {
    const backend = await startBackend(module, { run });
    const executable = await backend.compile(doubling);
    const tensor = await backend.upload(x);
    const pending = [executable.run({ x }), executable.run({ x: tensor })];
    for (const call of pending) {
      await expect(call).rejects.toMatchObject({
        name: 'BackendError',
        code: 'BACKEND_WORKER_DIED',
        message: expect.stringContaining(
          `doubling › run: the worker that ran the backend has ended, ${got}`,
        ),
      });
    }
    const code = { code: 'BACKEND_WORKER_DIED' };
    await expect(executable.run({ x })).rejects.toMatchObject(code);
    await expect(executable.placement()).rejects.toMatchObject(code);
    await expect(tensor.read()).rejects.toMatchObject(code);
    await expect(backend.upload(x)).rejects.toMatchObject(code);
    await expect(backend.compile(doubling)).rejects.toMatchObject(code);
    tensor.dispose();
    executable.dispose();
    await backend.dispose();
  });

  it('because memory ran out says so', async () => {
    const limits = { maxOldGenerationSizeMb: 24 };
    const worker = new Worker(module, { execArgv: [], resourceLimits: limits });
    const backend = await connectBackend(workerPort(worker), { run: 'memory' });
    const executable = await backend.compile(doubling);
    await expect(executable.run({ x })).rejects.toMatchObject({
      code: 'BACKEND_WORKER_DIED',
      message: expect.stringContaining('memory limit'),
      cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' },
    });
    await backend.dispose();
  });

  it('before it serves rejects the creation', async () => {
    await expect(startBackend(new URL('absent.mjs', threads))).rejects.toMatchObject({
      code: 'BACKEND_WORKER_DIED',
      message: expect.stringContaining('absent.mjs'),
    });
  });
});

describe('the port of a worker', () => {
  // Where the engine takes long to end the thread, Node would exit with code 13 within `await dispose()`.
  it('holds the process until the worker has ended, also when the last call is answered late', async () => {
    const worker = new Worker(module, { execArgv: [] });
    const port = workerPort(worker);
    port.hold();
    const closed = port.close();
    const unref = vi.spyOn(worker, 'unref');
    port.release();
    expect(unref).not.toHaveBeenCalled();
    await closed;
  });
});

describe('a process', () => {
  const script = (...args: readonly string[]) => {
    const file = fileURLToPath(new URL('script.mjs', threads));
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
      encoding: 'utf8',
      timeout: 50_000,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    return { status, stdout, stderr };
  };

  it('exits while the worker is idle, also without dispose', () => {
    expect(script('none')).toEqual({ status: 0, stdout: '2,4\n', stderr: '' });
  });

  it('exits after dispose', () => {
    expect(script('none', 'dispose')).toEqual({ status: 0, stdout: '2,4\n', stderr: '' });
  });

  // Without a hold on the process Node would exit at the `await`, with code 13.
  it.each(['wait', 'block'])('stays for a pending run that the worker %ss for', (run) => {
    expect(script(run)).toEqual({ status: 0, stdout: '2,4\n', stderr: '' });
  });

  it('ends with the error of a worker that died', () => {
    const { status, stderr } = script('exit');
    expect(status).toBe(1);
    expect(stderr).toContain('BACKEND_WORKER_DIED');
  });
});
