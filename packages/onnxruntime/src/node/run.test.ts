import { availableParallelism } from 'node:os';
import type { ExecutableV1, HostTensor, RunInputs } from '@etalon/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descent, doubling, float32, programOf } from '../../test/programs.ts';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';

async function outputsOf(
  executable: ExecutableV1,
  inputs: RunInputs,
): Promise<Readonly<Record<string, HostTensor>>> {
  const outputs = await executable.run(inputs);
  const read: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    read[name] = await tensor.read();
    tensor.dispose();
  }
  return read;
}

const dense = programOf('dense', ({ input, node, output }) => {
  const x = input('x', 'float32', ['batch', 96]);
  const kernel = input('kernel', 'float32', [96, 80]);
  output('y', node('matmul', [x, kernel], 'float32', ['batch', 80]));
});

// Exact in float32: small integers, whose sums stay below 2^24.
function wave(count: number, period: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => (index % period) - 3);
}

describe.each([1, availableParallelism()])('onnxruntime-cpu with %i threads', (threads) => {
  let backend: OnnxRuntimeBackend;
  beforeAll(async () => {
    backend = await createOnnxRuntimeBackend({ threads });
  });
  afterAll(() => backend.dispose());

  it('reads an output anew each time, whatever was done to what was read before', async () => {
    const executable = await backend.compile(dense);
    const { y } = await executable.run({
      x: float32([1, 96], wave(96, 11)),
      kernel: float32([96, 80], wave(96 * 80, 7)),
    });
    const first = await y?.read();
    const seen = [...(first?.data ?? [])];
    first?.data.fill(-1);
    const second = await y?.read();
    expect([...(second?.data ?? [])]).toEqual(seen);
    second?.data.fill(-2);
    const third = await y?.read();
    expect([...(third?.data ?? [])]).toEqual(seen);
    // as an input it is still what was computed
    const square = programOf('square', ({ input, node, output }) => {
      const v = input('v', 'float32', [1, 80]);
      output('w', node('mul', [v, v], 'float32', [1, 80]));
    });
    const squares = await backend.compile(square);
    if (y === undefined) throw new Error('no output');
    const { w } = await outputsOf(squares, { v: y });
    expect([...(w?.data ?? [])]).toEqual(seen.map((value) => value * value));
  });

  it('multiplies matrices of several batch sizes with one executable', async () => {
    const executable = await backend.compile(dense);
    const kernel = wave(96 * 80, 7);
    for (const batch of [1, 64, 3, 64]) {
      const x = wave(batch * 96, 11);
      const expected = Array.from({ length: batch * 80 }, (_, at) => {
        const [row, column] = [Math.floor(at / 80), at % 80];
        let sum = 0;
        for (let k = 0; k < 96; k += 1) {
          sum += (x[row * 96 + k] ?? 0) * (kernel[k * 80 + column] ?? 0);
        }
        return sum;
      });
      const { y } = await outputsOf(executable, {
        x: float32([batch, 96], x),
        kernel: float32([96, 80], kernel),
      });
      expect(y?.shape).toEqual([batch, 80]);
      expect([...(y?.data ?? [])]).toEqual(expected);
    }
  });

  it('gives equal bits on equal inputs', async () => {
    const executable = await backend.compile(dense);
    const values = (count: number) => Array.from({ length: count }, (_, at) => Math.sin(at));
    const inputs = {
      x: float32([64, 96], values(64 * 96)),
      kernel: float32([96, 80], values(96 * 80)),
    };
    const first = await outputsOf(executable, inputs);
    for (let repeat = 0; repeat < 5; repeat += 1) {
      expect(await outputsOf(executable, inputs)).toEqual(first);
    }
  });
});

describe('onnxruntime-cpu', () => {
  let backend: OnnxRuntimeBackend;
  beforeAll(async () => {
    backend = await createOnnxRuntimeBackend();
  });
  afterAll(() => backend.dispose());

  it('trains for 200 steps to the closed form without a new allocation', async () => {
    const executable = await backend.compile(descent, { aliases: { w: 'w' } });
    const gradient = float32([4], [1, -2, 4, 0.5]);
    const rate = float32([], [0.125]);
    let { w } = await executable.run({ w: float32([4], [1, 2, 3, 4]), gradient, rate });
    let warm = 0;
    for (let step = 2; step <= 200 && w !== undefined; step += 1) {
      ({ w } = await executable.run({ w, gradient, rate }));
      if (step === 3) warm = backend.memory().allocations;
    }
    // w0 - 200 · rate · gradient, exact in binary
    expect([...((await w?.read())?.data ?? [])]).toEqual([-24, 52, -97, -8.5]);
    expect(backend.memory().allocations).toBe(warm);
    executable.dispose();
  });

  it('trains on state that is also the gradient, to the closed form', async () => {
    const executable = await backend.compile(descent, { aliases: { w: 'w' } });
    const rate = float32([], [0.5]);
    let { w } = await executable.run({
      w: float32([4], [1, -2, 3, 4]),
      gradient: float32([4], [1, -2, 3, 4]),
      rate,
    });
    for (let step = 2; step <= 100 && w !== undefined; step += 1) {
      ({ w } = await executable.run({ w, gradient: w, rate }));
    }
    // each step halves w
    const expected = [1, -2, 3, 4].map((value) => value * 2 ** -100);
    expect([...((await w?.read())?.data ?? [])]).toEqual(expected);
  });

  it('keeps runs in order when they are called at once', async () => {
    const executable = await backend.compile(doubling);
    const calls = Array.from({ length: 20 }, async (_, n) => {
      const { double } = await outputsOf(executable, { x: float32([1, 2], [n, 100 - n]) });
      return [...(double?.data ?? [])];
    });
    expect(await Promise.all(calls)).toEqual(
      Array.from({ length: 20 }, (_, n) => [2 * n, 200 - 2 * n]),
    );
  });

  it('carries every dtype in and out', async () => {
    const program = programOf('dtypes', ({ input, node, output }) => {
      const flag = input('flag', 'bool', ['n']);
      const count = input('count', 'int32', ['n']);
      const pixel = input('pixel', 'uint8', ['n']);
      output('unset', node('logicalNot', [flag], 'bool', ['n']));
      output('next', node('add', [count, count], 'int32', ['n']));
      output('value', node('cast', [pixel], 'float32', ['n'], { to: 'float32' }));
      output('same', node('identity', [pixel], 'uint8', ['n']));
    });
    const outputs = await outputsOf(await backend.compile(program), {
      flag: { dtype: 'bool', shape: [3], data: Uint8Array.of(0, 1, 1) },
      count: { dtype: 'int32', shape: [3], data: Int32Array.of(-1, 2 ** 30, 7) },
      pixel: { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 128, 255) },
    });
    expect(outputs).toEqual({
      unset: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 0) },
      next: { dtype: 'int32', shape: [3], data: Int32Array.of(-2, -(2 ** 31), 14) },
      value: { dtype: 'float32', shape: [3], data: Float32Array.of(0, 128, 255) },
      same: { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 128, 255) },
    });
  });

  it('returns inputs and shared values under several names, in memory of their own', async () => {
    const program = programOf('shared', ({ input, node, output }) => {
      const x = input('x', 'float32', [2]);
      const y = node('neg', [x], 'float32', [2]);
      output('x', x);
      output('y', y);
      output('again', y);
    });
    const executable = await backend.compile(program);
    const x = float32([2], [1, 2]);
    const outputs = await executable.run({ x });
    x.data.fill(9);
    outputs.y?.dispose();
    await executable.run({ x });
    expect([...((await outputs.x?.read())?.data ?? [])]).toEqual([1, 2]);
    expect([...((await outputs.again?.read())?.data ?? [])]).toEqual([-1, -2]);
  });

  it('reads tensors in shared memory and in the middle of a buffer', async () => {
    const executable = await backend.compile(doubling);
    const shared = new Float32Array(new SharedArrayBuffer(16));
    shared.set([1, 2, 3, 4]);
    for (const data of [shared.subarray(2), Float32Array.of(0, 0, 3, 4).subarray(2)]) {
      const { double } = await outputsOf(executable, {
        x: { dtype: 'float32', shape: [1, 2], data },
      });
      expect([...(double?.data ?? [])]).toEqual([6, 8]);
    }
  });

  it('leaves inputs valid when the engine fails, and goes on', async () => {
    const program = programOf('rows', ({ input, node, output }) => {
      const table = input('table', 'float32', [3, 2]);
      const index = input('index', 'int32', ['n']);
      output('table', node('add', [table, table], 'float32', [3, 2]));
      output('rows', node('gather', [table, index], 'float32', ['n', 2], { axis: 0 }));
    });
    const executable = await backend.compile(program, { aliases: { table: 'table' } });
    const indices = (at: number) =>
      ({ dtype: 'int32', shape: [1], data: Int32Array.of(at) }) as const;
    const first = await executable.run({
      table: float32([3, 2], [1, 2, 3, 4, 5, 6]),
      index: indices(0),
    });
    const table = first.table;
    if (table === undefined) throw new Error('no table');
    await expect(executable.run({ table, index: indices(7) })).rejects.toMatchObject({
      name: 'BackendError',
      code: 'BACKEND_RUN_FAILED',
      message: expect.stringMatching(/^rows › run: ONNX Runtime refused, got ".*gather/),
      cause: expect.any(Error),
    });
    const { rows } = await outputsOf(executable, { table, index: indices(2) });
    expect([...(rows?.data ?? [])]).toEqual([10, 12]);
  });

  it('passes device tensors between executables of one backend only', async () => {
    const executable = await backend.compile(doubling);
    const { double } = await executable.run({ x: float32([1, 2], [1, 2]) });
    if (double === undefined) throw new Error('no output');
    const second = await backend.compile(doubling);
    const { double: twice } = await outputsOf(second, { x: double });
    expect([...(twice?.data ?? [])]).toEqual([4, 8]);
    const other = await createOnnxRuntimeBackend();
    const foreign = await other.compile(doubling);
    await expect(foreign.run({ x: double })).rejects.toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
    });
    await other.dispose();
  });
});
