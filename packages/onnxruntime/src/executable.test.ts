import type { RunOutputs } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { fakeEngine, fakeExecutable } from '../test/fake-executable.ts';
import type { FakeModel, FakeTensor } from '../test/fake-runtime.ts';
import { descent, doubling, float32 } from '../test/programs.ts';

const w = float32([4], [1, 2, 3, 4]);
const gradient = float32([4], [1, 1, 1, 1]);
const rate = float32([], [0.5]);

function write(target: FakeTensor | undefined, source: FakeTensor | undefined): void {
  target?.data.set(source?.data ?? []);
}

const step: FakeModel = (feeds, fetches) => {
  const factor = feeds.rate?.data[0] ?? 0;
  const change = Float32Array.from(feeds.gradient?.data ?? [], (value) => value * factor);
  fetches.w?.data.set(Float32Array.from(feeds.w?.data ?? [], (v, at) => v - (change[at] ?? 0)));
};
const copy: FakeModel = (feeds, fetches) => write(fetches.double, feeds.x);

async function readAll(outputs: RunOutputs): Promise<Record<string, readonly number[]>> {
  const entries = Object.entries(outputs).map(async ([name, tensor]) => {
    return [name, [...(await tensor.read()).data]] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe('run', () => {
  it('returns tensors with the shapes that the inputs bind', async () => {
    const { executable } = fakeExecutable(doubling, copy);
    const first = await executable.run({ x: float32([2, 2], [1, 2, 3, 4]) });
    const second = await executable.run({ x: float32([1, 2], [5, 6]) });
    expect(first.double?.shape).toEqual([2, 2]);
    expect(second.double?.shape).toEqual([1, 2]);
    expect(await readAll(first)).toEqual({ double: [1, 2, 3, 4] });
  });

  it('rejects shapes that do not fit, before the engine is called', async () => {
    const { executable, session } = fakeExecutable(doubling, copy);
    const wrong = executable.run({ x: float32([2, 3], [1, 2, 3, 4, 5, 6]) });
    await expect(wrong).rejects.toMatchObject({
      code: 'SHAPE_INPUT_MISMATCH',
      message: 'doubling › input "x": axis 1 must be 2, got shape [2, 3].\nExpected [batch, 2].',
    });
    expect(session.runs).toBe(0);
  });

  it('does not follow a shape array that the caller changes later', async () => {
    const { executable } = fakeExecutable(doubling, copy);
    const shape = [2, 2];
    await executable.run({ x: { dtype: 'float32', shape, data: new Float32Array(4) } });
    shape[0] = 1;
    const next = await executable.run({
      x: { dtype: 'float32', shape, data: new Float32Array(2) },
    });
    expect(next.double?.shape).toEqual([1, 2]);
  });

  it('copies data in shared memory, which the engine refuses', async () => {
    let shared = true;
    const { executable, memory } = fakeExecutable(doubling, (feeds, fetches) => {
      shared = feeds.x?.data.buffer instanceof SharedArrayBuffer;
      write(fetches.double, feeds.x);
    });
    const data = new Float32Array(new SharedArrayBuffer(8));
    data.set([3, 4]);
    const x = { dtype: 'float32', shape: [1, 2], data } as const;
    expect(await readAll(await executable.run({ x }))).toEqual({ double: [3, 4] });
    expect(shared).toBe(false);
    await executable.run({ x });
    expect(memory.pool.statistics.allocations).toBe(3);
  });

  it('wraps a failure of the engine with its cause and the step that failed', async () => {
    const cause = new Error('Non-zero status code\nmore');
    const { executable } = fakeExecutable(doubling, () => {
      throw cause;
    });
    const failing = executable.run({ x: float32([1, 2], [1, 2]) });
    await expect(failing).rejects.toMatchObject({
      code: 'BACKEND_RUN_FAILED',
      message:
        'doubling › run: ONNX Runtime refused, got "Non-zero status code".\nThe inputs are untouched, aliased ones too.',
      cause,
    });
  });
});

describe('aliases', () => {
  it('consumes the input on success and only then', async () => {
    let broken = true;
    const model: FakeModel = (feeds, fetches) => {
      if (broken) throw new Error('broken');
      step(feeds, fetches);
    };
    const { executable } = fakeExecutable(descent, step);
    const { executable: failing } = fakeExecutable(descent, model, { w: 'w' });
    await expect(failing.run({ w, gradient, rate })).rejects.toThrow('broken');
    broken = false;
    const { w: state } = await failing.run({ w, gradient, rate });
    if (state === undefined) throw new Error('no state');
    broken = true;
    await expect(failing.run({ w: state, gradient, rate })).rejects.toThrow('broken');
    expect([...(await state.read()).data]).toEqual([0.5, 1.5, 2.5, 3.5]);
    broken = false;
    await failing.run({ w: state, gradient, rate });
    await expect(state.read()).rejects.toMatchObject({ code: 'TENSOR_CONSUMED' });
    await expect(failing.run({ w: state, gradient, rate })).rejects.toMatchObject({
      code: 'TENSOR_CONSUMED',
      message: expect.stringContaining('descent › input "w": the tensor was consumed'),
    });
    await expect(executable.run({ w: state, gradient, rate })).rejects.toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
    });
  });

  it('never writes an output over an input of the same run', async () => {
    const { executable } = fakeExecutable(
      descent,
      (feeds, fetches) => {
        expect(fetches.w?.data.buffer).not.toBe(feeds.w?.data.buffer);
        step(feeds, fetches);
      },
      { w: 'w' },
    );
    let state = (await executable.run({ w, gradient, rate })).w;
    for (let count = 0; count < 5 && state !== undefined; count += 1) {
      state = (await executable.run({ w: state, gradient, rate })).w;
    }
    expect([...((await state?.read())?.data ?? [])]).toEqual([-2, -1, 0, 1]);
  });

  it('alternates between two buffers and allocates no third', async () => {
    const seen = new Set<ArrayBufferLike>();
    const { executable, memory } = fakeExecutable(
      descent,
      (feeds, fetches) => {
        if (fetches.w !== undefined) seen.add(fetches.w.data.buffer);
        step(feeds, fetches);
      },
      { w: 'w' },
    );
    let state = (await executable.run({ w, gradient, rate })).w;
    for (let count = 0; count < 200 && state !== undefined; count += 1) {
      state = (await executable.run({ w: state, gradient, rate })).w;
    }
    expect(seen.size).toBe(2);
    expect(memory.pool.statistics).toEqual({ allocations: 2, pooledBytes: 16 });
  });

  it('takes one tensor for an aliased and a plain input, and frees it once', async () => {
    const { executable, memory } = fakeExecutable(descent, step, { w: 'w' });
    const { w: state } = await executable.run({ w, gradient, rate });
    if (state === undefined) throw new Error('no state');
    const { w: next } = await executable.run({ w: state, gradient: state, rate });
    expect([...((await next?.read())?.data ?? [])]).toEqual([0.25, 0.75, 1.25, 1.75]);
    expect(memory.pool.statistics).toEqual({ allocations: 2, pooledBytes: 16 });
  });
});

describe('concurrent runs', () => {
  it('queue in the order they were called, across executables', async () => {
    const engine = fakeEngine();
    const order: number[] = [];
    const model: FakeModel = (feeds) => {
      order.push(feeds.x?.data[0] ?? -1);
    };
    const one = fakeExecutable(doubling, model, {}, engine).executable;
    const two = fakeExecutable(doubling, model, {}, engine).executable;
    const calls = [0, 1, 2, 3].map((n) =>
      (n % 2 === 0 ? one : two).run({ x: float32([1, 2], [n, 0]) }),
    );
    await Promise.all(calls.reverse());
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('see a tensor as consumed by the run called before', async () => {
    const { executable } = fakeExecutable(descent, step, { w: 'w' });
    const { w: state } = await executable.run({ w, gradient, rate });
    if (state === undefined) throw new Error('no state');
    const [first, second] = await Promise.allSettled([
      executable.run({ w: state, gradient, rate }),
      executable.run({ w: state, gradient, rate }),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'TENSOR_CONSUMED' } });
  });

  it('keep an input that is disposed after the call, until they have read it', async () => {
    const { executable, memory } = fakeExecutable(doubling, copy);
    const { double } = await executable.run({ x: float32([1, 2], [7, 8]) });
    if (double === undefined) throw new Error('no output');
    const waiting = executable.run({ x: double });
    double.dispose();
    expect(memory.pool.statistics.pooledBytes).toBe(0);
    expect(await readAll(await waiting)).toEqual({ double: [7, 8] });
    expect(memory.pool.statistics.pooledBytes).toBe(8);
  });

  it('reject with the reason of a signal that is aborted before their turn', async () => {
    const { executable, session } = fakeExecutable(doubling, copy);
    const x = float32([1, 2], [1, 2]);
    const reason = new Error('stop');
    const signal = { aborted: true, reason };
    await expect(executable.run({ x }, { signal })).rejects.toBe(reason);
    const late = { aborted: false, reason };
    const first = executable.run({ x });
    const second = executable.run({ x }, { signal: late });
    late.aborted = true;
    await first;
    await expect(second).rejects.toBe(reason);
    expect(session.runs).toBe(1);
  });
});

describe('dispose', () => {
  it('finishes accepted runs, releases the session once, and rejects later calls', async () => {
    const { executable, session, queue } = fakeExecutable(doubling, copy);
    const x = float32([1, 2], [1, 2]);
    const accepted = [executable.run({ x }), executable.run({ x })];
    executable.dispose();
    executable.dispose();
    await Promise.all(accepted);
    await queue.idle();
    expect(session).toMatchObject({ runs: 2, released: 1 });
    await expect(executable.run({ x })).rejects.toMatchObject({
      code: 'EXECUTABLE_DISPOSED',
      message:
        'doubling › run: the executable was disposed, got a later call.\nFix: dispose it after its last run, or compile the program again.',
    });
    await expect(executable.placement()).rejects.toMatchObject({ code: 'EXECUTABLE_DISPOSED' });
  });

  it('leaves the outputs of earlier runs alive', async () => {
    const { executable, queue } = fakeExecutable(doubling, copy);
    const outputs = await executable.run({ x: float32([1, 2], [1, 2]) });
    executable.dispose();
    await queue.idle();
    expect(await readAll(outputs)).toEqual({ double: [1, 2] });
  });
});

describe('device tensors', () => {
  it('read a copy that later runs do not change', async () => {
    const { executable } = fakeExecutable(doubling, copy);
    const { double } = await executable.run({ x: float32([1, 2], [1, 2]) });
    const before = await double?.read();
    double?.dispose();
    await executable.run({ x: float32([1, 2], [9, 9]) });
    expect([...(before?.data ?? [])]).toEqual([1, 2]);
  });

  it('reject reads and runs after dispose, which may be called twice', async () => {
    const { executable, memory } = fakeExecutable(doubling, copy);
    const { double } = await executable.run({ x: float32([1, 2], [1, 2]) });
    if (double === undefined) throw new Error('no output');
    double.dispose();
    double.dispose();
    expect(memory.pool.statistics.pooledBytes).toBe(8);
    await expect(double.read()).rejects.toMatchObject({
      code: 'TENSOR_DISPOSED',
      message:
        'read: the tensor was disposed, got float32[1, 2] after `dispose()`.\nFix: dispose a tensor after its last use.',
    });
    await expect(executable.run({ x: double })).rejects.toMatchObject({ code: 'TENSOR_DISPOSED' });
  });

  it('reject reads and runs after their backend was disposed', async () => {
    const { executable, memory } = fakeExecutable(doubling, copy);
    const { double } = await executable.run({ x: float32([1, 2], [1, 2]) });
    if (double === undefined) throw new Error('no output');
    memory.disposed = true;
    await expect(double.read()).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
    await expect(executable.run({ x: double })).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
  });
});
