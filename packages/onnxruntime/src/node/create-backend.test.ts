import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import * as ort from 'onnxruntime-node';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeRuntime } from '../../test/fake-runtime.ts';
import { doubling, float32, programOf } from '../../test/programs.ts';
import type { OnnxRuntimeBackend } from '../backend.ts';
import type { OnnxNodeRuntime } from '../runtime.ts';
import type { OnnxRuntimeOptions } from './create-backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

const created: OnnxRuntimeBackend[] = [];

async function create(options?: OnnxRuntimeOptions): Promise<OnnxRuntimeBackend> {
  const backend = await createOnnxRuntimeBackend(options);
  created.push(backend);
  return backend;
}

afterEach(async () => {
  for (const backend of created.splice(0)) await backend.dispose();
});

/** The real runtime, with another way to make sessions. */
function withSessions(make: OnnxNodeRuntime['InferenceSession']['create']): OnnxNodeRuntime {
  return { ...ort, InferenceSession: { create: make } };
}

describe('createOnnxRuntimeBackend', () => {
  it('runs on the CPU with all cores by default', async () => {
    const backend = await create();
    const cores = availableParallelism();
    expect(backend).toMatchObject({
      specificationVersion: 'v1',
      name: 'onnxruntime-cpu',
      device: 'cpu',
      threads: cores,
    });
    expect(backend.manifest.threads).toHaveLength(cores);
    expect(backend.manifest).toMatchObject({ precision: 'cpu', loopPolicy: 'inside' });
  });

  it('takes the module as an option', async () => {
    const backend = await create({ runtime: ort, threads: 1, graphOptimization: 'basic' });
    const executable = await backend.compile(doubling);
    const { double } = await executable.run({ x: float32([1, 2], [1, 2]) });
    expect([...((await double?.read())?.data ?? [])]).toEqual([2, 4]);
  });

  it('passes thread count and optimisation level to the engine', async () => {
    const seen: unknown[] = [];
    const runtime = withSessions((model, options) => {
      seen.push(options);
      return ort.InferenceSession.create(model, options);
    });
    await create({ runtime, threads: 1, graphOptimization: 'extended' });
    expect(seen).toEqual([
      expect.objectContaining({
        executionProviders: ['cpu'],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'extended',
      }),
    ]);
  });

  it('rejects an unknown device with the near match', async () => {
    const options = { device: 'webgup' } as unknown as OnnxRuntimeOptions;
    await expect(createOnnxRuntimeBackend(options)).rejects.toMatchObject({
      name: 'AttributeError',
      code: 'DEVICE_UNKNOWN',
      message:
        'createOnnxRuntimeBackend › device: the value is not known, got "webgup". Did you mean "webgpu"?\nExpected one of: "cpu", "cuda", "webgpu".',
    });
  });

  it('rejects an unknown optimisation level', async () => {
    const options = { graphOptimization: 'layout' } as unknown as OnnxRuntimeOptions;
    await expect(createOnnxRuntimeBackend(options)).rejects.toMatchObject({
      code: 'GRAPH_OPTIMIZATION_UNKNOWN',
    });
  });

  it.each([0, 1.5, -1, availableParallelism() + 1, Number.NaN])(
    'rejects %s threads',
    async (threads) => {
      await expect(createOnnxRuntimeBackend({ threads })).rejects.toMatchObject({
        code: 'THREADS_OUT_OF_RANGE',
        message: `createOnnxRuntimeBackend › threads: a count from 1 to the number of cores is needed, got ${threads}.\nExpected 1 … ${availableParallelism()}.`,
      });
    },
  );

  it('reports what a build without the device has', async () => {
    const runtime = { ...ort, listSupportedBackends: () => [{ name: 'cpu', bundled: true }] };
    await expect(createOnnxRuntimeBackend({ runtime, device: 'cuda' })).rejects.toMatchObject({
      code: 'BACKEND_DEVICE_UNAVAILABLE',
      message: expect.stringMatching(
        /^createOnnxRuntimeBackend: device "cuda" cannot be used here, got a build with "cpu"\.\nFix: .*install script/,
      ),
      details: { device: 'cuda' },
    });
  });

  it('reports why a device does not start', async () => {
    const cause = new Error('Failed to load shared library');
    const runtime = withSessions(() => Promise.reject(cause));
    await expect(createOnnxRuntimeBackend({ runtime, device: 'cuda' })).rejects.toMatchObject({
      code: 'BACKEND_DEVICE_UNAVAILABLE',
      message: expect.stringContaining('"Failed to load shared library"'),
      cause,
    });
  });

  it('refuses a runtime that leaves pre-allocated outputs unwritten', async () => {
    await expect(createOnnxRuntimeBackend({ runtime: fakeRuntime() })).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_INCOMPATIBLE',
    });
  });
});

describe('compile', () => {
  it('wraps the refusal of a model by the engine', async () => {
    const cause = new Error('Load model failed\ndetails');
    let sessions = 0;
    const runtime = withSessions((model, options) => {
      sessions += 1;
      return sessions === 1 ? ort.InferenceSession.create(model, options) : Promise.reject(cause);
    });
    const backend = await create({ runtime });
    await expect(backend.compile(doubling)).rejects.toMatchObject({
      code: 'BACKEND_COMPILE_FAILED',
      message: 'doubling › compile: ONNX Runtime refused the model, got "Load model failed".',
      cause,
    });
  });

  it('refuses operators outside the manifest by the path of the node', async () => {
    const backend = await create();
    const program = programOf('noisy', ({ node, output }) => {
      output('y', node('randomNormal', [], 'float32', [2], { shape: [2], stream: 'noise' }));
    });
    await expect(backend.compile(program)).rejects.toMatchObject({
      name: 'UnsupportedOperatorError',
      code: 'OPERATOR_UNSUPPORTED',
      message: expect.stringContaining('noisy › randomNormal_0'),
    });
  });

  it('refuses programs of another version', async () => {
    const backend = await create();
    const program = { ...doubling, specificationVersion: 'v2' } as unknown as typeof doubling;
    await expect(backend.compile(program)).rejects.toMatchObject({
      code: 'VERSION_PROGRAM',
    });
  });
});

describe('dispose', () => {
  it('ends executables and tensors, and may be called twice', async () => {
    const backend = await createOnnxRuntimeBackend();
    const executable = await backend.compile(doubling);
    const x = float32([1, 2], [1, 2]);
    const { double } = await executable.run({ x });
    await backend.dispose();
    await backend.dispose();
    await expect(executable.run({ x })).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
    await expect(double?.read()).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
    await expect(backend.compile(doubling)).rejects.toMatchObject({
      code: 'BACKEND_DISPOSED',
      message:
        'doubling › compile: backend "onnxruntime-cpu" was disposed, got a later call.\nFix: dispose the backend last, or create another.',
    });
  });

  it('waits for the run that the engine has begun and rejects those behind it', async () => {
    const backend = await createOnnxRuntimeBackend();
    const executable = await backend.compile(doubling);
    const x = float32([1, 2], [1, 2]);
    const begun = executable.run({ x });
    const waiting = executable.run({ x });
    await Promise.all([
      backend.dispose(),
      expect(begun).resolves.toBeDefined(),
      expect(waiting).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' }),
    ]);
  });

  it('waits for a session that is still being loaded, and releases it', async () => {
    const order: string[] = [];
    const runtime = withSessions(async (model, options) => {
      const session = await ort.InferenceSession.create(model, options);
      // The engine loads within one turn of the event loop; models that take longer come in more.
      await setTimeout(20);
      const release = session.release.bind(session);
      session.release = async () => {
        await setTimeout(20);
        await release();
        order.push('released');
      };
      return session;
    });
    const backend = await createOnnxRuntimeBackend({ runtime });
    order.length = 0;
    const compiling = backend.compile(doubling);
    await Promise.all([
      backend.dispose().then(() => order.push('disposed')),
      expect(compiling).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' }),
    ]);
    expect(order).toEqual(['released', 'disposed']);
  });

  it('waits for the trial run of a placement', async () => {
    const backend = await createOnnxRuntimeBackend();
    const executable = await backend.compile(doubling);
    const order: string[] = [];
    const placing = executable.placement().then(() => order.push('placed'));
    await backend.dispose();
    order.push('disposed');
    await placing;
    expect(order).toEqual(['placed', 'disposed']);
  });
});
