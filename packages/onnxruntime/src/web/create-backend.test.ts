import * as ort from 'onnxruntime-web';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeWebRuntime } from '../../test/fake-runtime.ts';
import { doubling, float32, programOf } from '../../test/programs.ts';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend as createNodeBackend } from '../node/index.ts';
import type { OnnxWebRuntime } from '../runtime.ts';
import type { OnnxRuntimeWebOptions } from './create-backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';
import { threadLimit } from './threads.ts';

// 2, except on a machine of one core.
const several = Math.min(2, threadLimit());

const created: OnnxRuntimeBackend[] = [];

async function create(options?: OnnxRuntimeWebOptions): Promise<OnnxRuntimeBackend> {
  const backend = await createOnnxRuntimeBackend(options);
  created.push(backend);
  return backend;
}

afterEach(async () => {
  for (const backend of created.splice(0)) await backend.dispose();
});

/** A module whose sessions are those of the real one. */
function withSessions(make: OnnxWebRuntime['InferenceSession']['create']): OnnxWebRuntime {
  return { Tensor: ort.Tensor, InferenceSession: { create: make }, env: { wasm: {} } };
}

/** Answers the probe, and nothing else. */
const answering = () =>
  fakeWebRuntime(() => ({ y: { type: 'float32', dims: [1], data: Float32Array.of(-1) } }));

describe('createOnnxRuntimeBackend', () => {
  it('runs in WebAssembly on the threads that it is asked for', async () => {
    for (const threads of [several, 1, several]) {
      const backend = await create({ device: 'wasm', threads });
      expect(backend).toMatchObject({ name: 'onnxruntime-wasm', device: 'wasm', threads });
      expect(backend.manifest).toMatchObject({
        precision: 'cpu',
        loopPolicy: 'inside',
        deviceInputs: 'copied',
      });
      expect(backend.manifest.threads).toContain(threads);
      const executable = await backend.compile(doubling);
      const { double } = await executable.run({ x: float32([1, 2], [1, 2]) });
      expect(await double?.read()).toEqual(float32([1, 2], [2, 4]));
    }
  });

  it('rejects a count that the engine of this process cannot have any more', async () => {
    const runtime = answering();
    runtime.env.wasm.numThreads = 7;
    await expect(createOnnxRuntimeBackend({ runtime, threads: 1 })).rejects.toMatchObject({
      code: 'THREADS_FIXED',
      message: expect.stringContaining('got 1 where it has 7'),
    });
  });

  it('takes the count of a module that has one', async () => {
    const runtime = answering();
    runtime.env.wasm.numThreads = 3;
    expect((await create({ runtime })).threads).toBe(3);
  });

  it('rejects when the engine starts with fewer threads than it was asked for', async () => {
    const { env, Tensor, InferenceSession } = answering();
    const runtime: OnnxWebRuntime = {
      env,
      Tensor,
      InferenceSession: {
        create: (model, options) => {
          env.wasm.numThreads = 1; // as the engine does
          return InferenceSession.create(model, options);
        },
      },
    };
    env.wasm.numThreads = 2;
    await expect(createOnnxRuntimeBackend({ runtime })).rejects.toMatchObject({
      code: 'THREADS_FIXED',
    });
  });

  it('sends the options that the engine knows, in an object of its own, and the paths', async () => {
    const seen: object[] = [];
    const runtime = withSessions((model, options) => {
      seen.push({ ...options });
      Object.assign(options, { extra: { session: {} } });
      return answering().InferenceSession.create(model, options);
    });
    const wasmPaths = { wasm: new URL('https://example.org/engine.wasm') };
    const backend = await create({ runtime, threads: 1, graphOptimization: 'basic', wasmPaths });
    expect(runtime.env.wasm).toEqual({ numThreads: 1, wasmPaths });
    await backend.compile(doubling);
    const options = {
      executionProviders: ['wasm'],
      executionMode: 'sequential',
      graphOptimizationLevel: 'basic',
      enableCpuMemArena: true,
      enableMemPattern: true,
      logSeverityLevel: 4,
    };
    expect(seen).toEqual([options, options]);
  });

  it.each([
    [{ device: 'webgl' }, 'DEVICE_UNKNOWN', /got "webgl"\.\nExpected one of: "wasm"\.$/],
    [{ graphOptimization: 'layout' }, 'GRAPH_OPTIMIZATION_UNKNOWN', /got "layout"/],
    [{ threads: 0 }, 'THREADS_OUT_OF_RANGE', /got 0\.\nExpected 1 … \d+\.$/],
    [{ threads: 1.5 }, 'THREADS_OUT_OF_RANGE', /got 1\.5\./],
    [{ threads: 100_000 }, 'THREADS_OUT_OF_RANGE', /got 100000\./],
  ])('rejects %j', async (options, code, message) => {
    const wrong = createOnnxRuntimeBackend(options as OnnxRuntimeWebOptions);
    await expect(wrong).rejects.toMatchObject({
      name: 'AttributeError',
      code,
      message: expect.stringMatching(message),
    });
  });

  it('reports why the engine does not start, and what to serve', async () => {
    const cause = new Error('no available backend found. ERR: [wasm] failed to fetch\nmore');
    const runtime = withSessions(() => Promise.reject(cause));
    await expect(createOnnxRuntimeBackend({ runtime })).rejects.toMatchObject({
      code: 'BACKEND_DEVICE_UNAVAILABLE',
      message: expect.stringMatching(
        /^createOnnxRuntimeBackend: device "wasm" cannot be used here, got "no available backend found\. ERR: \[wasm\] failed to fetch"\.\nFix: .*`wasmPaths`/,
      ),
      details: { device: 'wasm' },
      cause,
    });
  });

  it('refuses a runtime that returns no outputs', async () => {
    await expect(createOnnxRuntimeBackend({ runtime: fakeWebRuntime() })).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_INCOMPATIBLE',
    });
  });
});

describe('placement', () => {
  it('reports each node of the program, without a run', async () => {
    const program = programOf('network', ({ input, node, output }) => {
      const x = input('x', 'float32', ['batch', 4]);
      const kernel = input('kernel', 'float32', [4, 3]);
      const y = node('matmul', [x, kernel], 'float32', ['batch', 3]);
      output('sign', node('step', [y], 'float32', ['batch', 3]));
      output('share', node('softmax', [y], 'float32', ['batch', 3], { axis: 1 }));
    });
    const executable = await (await create()).compile(program);
    expect(await executable.placement()).toEqual([
      { path: 'matmul_0', operator: 'matmul', kind: 'native', device: 'wasm' },
      { path: 'step_1', operator: 'step', kind: 'decomposed', device: 'wasm' },
      { path: 'softmax_2', operator: 'softmax', kind: 'native', device: 'wasm' },
    ]);
  });
});

describe('isolation', () => {
  it('keeps backends apart: a tensor of one is refused by all others', async () => {
    const [own, other, node] = [await create(), await create(), await createNodeBackend()];
    created.push(node);
    const { double } = await (await own.compile(doubling)).run({ x: float32([1, 2], [1, 2]) });
    if (double === undefined) throw new Error('no output');
    for (const backend of [other, node]) {
      const executable = await backend.compile(doubling);
      await expect(executable.run({ x: double })).rejects.toMatchObject({
        code: 'BACKEND_FOREIGN_TENSOR',
      });
    }
    const { double: native } = await (await node.compile(doubling)).run({ x: await double.read() });
    if (native === undefined) throw new Error('no output');
    await expect((await own.compile(doubling)).run({ x: native })).rejects.toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
    });
    await own.dispose();
    const { double: after } = await (await other.compile(doubling)).run({
      x: float32([1, 2], [5, 6]),
    });
    expect(await after?.read()).toEqual(float32([1, 2], [10, 12]));
  });

  it('ends executables and tensors with their backend', async () => {
    const backend = await create();
    const executable = await backend.compile(doubling);
    const x = float32([1, 2], [1, 2]);
    const { double } = await executable.run({ x });
    await backend.dispose();
    await backend.dispose();
    await expect(executable.run({ x })).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
    await expect(double?.read()).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
  });
});
