import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { descent, float32, programOf } from '../../test/programs.ts';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';
import { threadLimit } from './threads.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe.each([1, Math.min(2, threadLimit())])('onnxruntime-wasm with %i threads', (threads) => {
  let backend: OnnxRuntimeBackend;
  beforeAll(async () => {
    backend = await createOnnxRuntimeBackend({ threads });
  });
  afterAll(() => backend.dispose());

  it('trains for 200 steps to the closed form', async () => {
    const executable = await backend.compile(descent, { aliases: { w: 'w' } });
    const gradient = float32([4], [1, -2, 4, 0.5]);
    const rate = float32([], [0.125]);
    let { w } = await executable.run({ w: float32([4], [1, 2, 3, 4]), gradient, rate });
    for (let step = 2; step <= 200 && w !== undefined; step += 1) {
      ({ w } = await executable.run({ w, gradient, rate }));
    }
    // w0 - 200 · rate · gradient, exact in binary
    expect([...((await w?.read())?.data ?? [])]).toEqual([-24, 52, -97, -8.5]);
    executable.dispose();
  });

  it('holds no more memory after 200 runs than before', async () => {
    const bytes = 2 ** 20;
    const program = programOf('large', ({ input, node, output }) => {
      const x = input('x', 'float32', ['n']);
      output('next', node('neg', [x], 'float32', ['n']));
      output('extra', node('abs', [x], 'float32', ['n']));
    });
    const executable = await backend.compile(program, { aliases: { next: 'x' } });
    const initial = float32([bytes / 4], new Array<number>(bytes / 4).fill(1));
    let { next, extra } = await executable.run({ x: initial });
    const runs = async (count: number) => {
      for (let run = 0; run < count && next !== undefined; run += 1) {
        extra?.dispose();
        ({ next, extra } = await executable.run({ x: next }));
      }
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 50));
      collectGarbage();
      return process.memoryUsage();
    };
    const before = await runs(50);
    const after = await runs(200);
    // One array kept of each run, on the host or in the engine's heap, would be 200 MiB.
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(8 * bytes);
    expect(after.rss - before.rss).toBeLessThan(64 * bytes);
    expect(backend.memory()).toEqual({ allocations: 0, pooledBytes: 0 });
    executable.dispose();
  });

  it('fails without a word on the console, leaves inputs valid and goes on', async () => {
    const spies = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    const program = programOf('rows', ({ input, node, output }) => {
      const table = input('table', 'float32', [3, 2]);
      const index = input('index', 'int32', ['n']);
      output('table', node('add', [table, table], 'float32', [3, 2]));
      output('rows', node('gather', [table, index], 'float32', ['n', 2], { axis: 0 }));
    });
    const executable = await backend.compile(program, { aliases: { table: 'table' } });
    const indices = (at: number) =>
      ({ dtype: 'int32', shape: [1], data: Int32Array.of(at) }) as const;
    const { table } = await executable.run({
      table: float32([3, 2], [1, 2, 3, 4, 5, 6]),
      index: indices(0),
    });
    if (table === undefined) throw new Error('no table');
    await expect(executable.run({ table, index: indices(7) })).rejects.toMatchObject({
      name: 'BackendError',
      code: 'BACKEND_RUN_FAILED',
      message: expect.stringMatching(/^rows › run: ONNX Runtime refused, got ".*gather/i),
      cause: expect.any(Error),
    });
    const { rows } = await executable.run({ table, index: indices(2) });
    expect(await rows?.read()).toEqual(float32([1, 2], [10, 12]));
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('carries every dtype in and out, shared memory and uploads too', async () => {
    const program = programOf('dtypes', ({ input, node, output }) => {
      const flag = input('flag', 'bool', ['n']);
      const count = input('count', 'int32', ['n']);
      const pixel = input('pixel', 'uint8', ['n']);
      output('unset', node('logicalNot', [flag], 'bool', ['n']));
      output('next', node('add', [count, count], 'int32', ['n']));
      output('value', node('cast', [pixel], 'float32', ['n'], { to: 'float32' }));
      output('pixel', pixel);
    });
    const shared = new Int32Array(new SharedArrayBuffer(12));
    shared.set([-1, 2 ** 30, 7]);
    const pixel = await backend.upload({
      dtype: 'uint8',
      shape: [3],
      data: Uint8Array.of(0, 128, 255),
    });
    const outputs = await (await backend.compile(program)).run({
      flag: { dtype: 'bool', shape: [3], data: Uint8Array.of(0, 1, 1) },
      count: { dtype: 'int32', shape: [3], data: shared },
      pixel,
    });
    const read = Object.entries(outputs).map(async ([name, tensor]) => [name, await tensor.read()]);
    expect(Object.fromEntries(await Promise.all(read))).toEqual({
      unset: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 0) },
      next: { dtype: 'int32', shape: [3], data: Int32Array.of(-2, -(2 ** 31), 14) },
      value: { dtype: 'float32', shape: [3], data: Float32Array.of(0, 128, 255) },
      pixel: { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 128, 255) },
    });
  });
});
