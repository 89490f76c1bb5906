import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { descent, doubling, float32 } from '../../test/programs.ts';
import type { TfjsBackend } from '../backend.ts';
import { tfjsEngines } from '../manifest.ts';
import type { TfjsOptions } from './create-backend.ts';
import { createTfjsBackend } from './create-backend.ts';
import { loadRuntime } from './load-runtime.ts';

const listenerCount = () =>
  process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
// Before the engine starts for the first time in this process.
const listenersAtFirst = listenerCount();

const created: TfjsBackend[] = [];

async function create(options?: TfjsOptions): Promise<TfjsBackend> {
  const backend = await createTfjsBackend(options);
  created.push(backend);
  return backend;
}

afterEach(async () => {
  for (const backend of created.splice(0)) await backend.dispose();
});

const x = float32([1, 2], [1, 2]);

describe('createTfjsBackend', () => {
  it('runs in WebAssembly by default', async () => {
    const backend = await create();
    expect(backend).toMatchObject({
      specificationVersion: 'v1',
      name: 'tfjs-wasm',
      engine: 'wasm',
      manifest: { imageLayout: 'nhwc', loopPolicy: 'stepwise', threads: [1] },
    });
  });

  it.each(tfjsEngines)('takes the modules of engine %s as an option', async (engine) => {
    const backend = await create({ engine, threads: 1, runtime: await loadRuntime(engine) });
    expect(backend.name).toBe(`tfjs-${engine}`);
    const executable = await backend.compile(doubling);
    const { double } = await executable.run({ x });
    expect([...((await double?.read())?.data ?? [])]).toEqual([2, 4]);
  });

  it('rejects an unknown engine with the near match', async () => {
    const options = { engine: 'wasn' } as unknown as TfjsOptions;
    await expect(createTfjsBackend(options)).rejects.toMatchObject({
      name: 'AttributeError',
      code: 'ENGINE_UNKNOWN',
      message:
        'createTfjsBackend › engine: the value is not known, got "wasn". Did you mean "wasm"?\nExpected one of: "cpu", "wasm".',
    });
  });

  it.each([0, 2, 1.5, Number.NaN])('rejects %s threads', async (threads) => {
    await expect(createTfjsBackend({ threads })).rejects.toMatchObject({
      code: 'THREADS_OUT_OF_RANGE',
      message: `createTfjsBackend › threads: TensorFlow.js has one thread in Node, got ${threads}.\nExpected 1.`,
    });
  });

  it('says which module an engine lacks', async () => {
    const { core } = await loadRuntime('cpu');
    await expect(createTfjsBackend({ engine: 'wasm', runtime: { core } })).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_INCOMPATIBLE',
      message: expect.stringContaining('got ["core"]'),
    });
  });

  it('reports why an engine does not start', async () => {
    const { core, wasm } = await loadRuntime('wasm');
    const cause = new Error('no such file: tfjs-backend-wasm.wasm');
    const broken = {
      core: { ...core, setBackend: () => Promise.reject(cause) },
      ...(wasm && { wasm }),
    };
    await expect(createTfjsBackend({ engine: 'wasm', runtime: broken })).rejects.toMatchObject({
      code: 'BACKEND_DEVICE_UNAVAILABLE',
      message: expect.stringContaining('no such file'),
      cause,
    });
  });
});

describe('the process', () => {
  it('keeps the current backend of TensorFlow.js', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    await Promise.all([create({ engine: 'wasm' }), create({ engine: 'wasm' })]);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('gets no listener for uncaught errors', async () => {
    await create({ engine: 'wasm' });
    expect(listenerCount()).toBe(listenersAtFirst);
  });

  it('is told nothing on the console', async () => {
    const warn = vi.spyOn(console, 'warn');
    const backend = await create({ engine: 'cpu' });
    const executable = await backend.compile(doubling);
    await executable.run({ x });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe.each(tfjsEngines)('backends on %s', (engine) => {
  it('refuse the tensors of one another', async () => {
    const [one, other] = [await create({ engine }), await create({ engine })];
    const { double } = await (await one.compile(doubling)).run({ x });
    const executable = await other.compile(doubling);
    await expect(executable.run({ x: double ?? x })).rejects.toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
      message: `doubling › input "x": the tensor belongs to another backend, got one of another "tfjs-${engine}".\nFix: pass \`await tensor.read()\`.`,
    });
  });

  it('outlive one another', async () => {
    const [one, other] = [await create({ engine }), await create({ engine })];
    const executable = await one.compile(doubling);
    const { double } = await executable.run({ x });
    const { double: lost } = await (await other.compile(doubling)).run({ x });
    await other.dispose();
    await other.dispose();
    await expect(lost?.read()).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
    expect([...((await double?.read())?.data ?? [])]).toEqual([2, 4]);
    const { double: twice } = await executable.run({ x: double ?? x });
    expect([...((await twice?.read())?.data ?? [])]).toEqual([4, 8]);
  });

  it('give back what they hold when they are disposed', async () => {
    const witness = await create({ engine });
    const before = witness.memory().allocations;
    const backend = await create({ engine });
    const executable = await backend.compile(descent);
    await backend.upload(x);
    await executable.run({ w: float32([4], [1, 2, 3, 4]), gradient: float32([4], [1, 1, 1, 1]) });
    await backend.dispose();
    expect(backend.memory().allocations).toBe(before);
    expect(witness.memory().allocations).toBe(before);
  });

  it('refuse everything after their end', async () => {
    const backend = await createTfjsBackend({ engine });
    const executable = await backend.compile(doubling);
    await backend.dispose();
    const code = 'BACKEND_DISPOSED';
    await expect(executable.run({ x })).rejects.toMatchObject({ code });
    await expect(backend.compile(doubling)).rejects.toMatchObject({ code });
    await expect(backend.upload(x)).rejects.toMatchObject({ code });
  });

  it('refuse programs of another version', async () => {
    const program = { ...doubling, specificationVersion: 'v2' } as unknown as typeof doubling;
    await expect((await create({ engine })).compile(program)).rejects.toMatchObject({
      code: 'VERSION_PROGRAM',
    });
  });
});
