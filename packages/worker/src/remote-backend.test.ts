import { createReferenceBackend } from '@etalon/reference';
import type { BackendV1, DeviceTensorV1, HostTensor } from '@etalon/spec';
import { BackendError, DisposedError, ShapeError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { channel, connect, counter, doubling, float32 } from '../test/channel.ts';
import { open } from '../test/open.ts';
import { withRuns } from '../test/with-runs.ts';
import { connectBackend } from './remote-backend.ts';
import { serveBackend } from './serve-backend.ts';

async function numbers(tensor: DeviceTensorV1 | undefined): Promise<number[]> {
  return [...((await tensor?.read())?.data ?? [])];
}

describe('connectBackend', () => {
  it('gives name and manifest of the backend behind the port', async () => {
    const inner = createReferenceBackend();
    const { name, manifest, specificationVersion } = await open();
    expect({ name, manifest, specificationVersion }).toEqual({
      name: inner.name,
      manifest: inner.manifest,
      specificationVersion: 'v1',
    });
  });

  it('hands the options over', async () => {
    let seen: unknown;
    await open(
      (options) => {
        seen = options;
        return createReferenceBackend();
      },
      { options: { threads: 2 } },
    );
    expect(seen).toEqual({ threads: 2 });
  });

  it('refuses options of this thread', async () => {
    await expect(connect(undefined, { options: { runtime: () => 1 } })).rejects.toMatchObject({
      name: 'DataError',
      code: 'NOT_CLONABLE',
      message: expect.stringContaining('could not be cloned'),
    });
  });

  it('rejects with what creating the backend threw', async () => {
    const failing = connect(() => {
      throw new BackendError('BACKEND_RUNTIME_MISSING', 'no engine.');
    });
    await expect(failing).rejects.toBeInstanceOf(BackendError);
    await expect(failing).rejects.toMatchObject({ code: 'BACKEND_RUNTIME_MISSING' });
  });
});

describe('runs', () => {
  it('capture host arrays when they are called, large and small', async () => {
    const executable = await (await open()).compile(doubling);
    for (const rows of [1, 50_000]) {
      const x = float32(new Array(2 * rows).fill(3), [rows, 2]);
      const running = executable.run({ x });
      x.data.fill(100);
      const found = await numbers((await running).y);
      expect(found.every((value) => value === 6)).toBe(true);
      expect(x.data[0]).toBe(100);
    }
  });

  it('take shared memory as it was at the call', async () => {
    const executable = await (await open()).compile(doubling);
    const data = new Float32Array(new SharedArrayBuffer(8)).fill(4);
    const running = executable.run({ x: { dtype: 'float32', shape: [1, 2], data } });
    data.fill(0);
    expect(await numbers((await running).y)).toEqual([8, 8]);
  });

  it('reach the backend in the order of the calls, across executables', async () => {
    const order: string[] = [];
    const backend = await open(
      withRuns((inner, inputs) => {
        order.push(String((inputs.x as HostTensor).data[0]));
        return inner.run(inputs);
      }),
    );
    const [first, second] = await Promise.all([
      backend.compile(doubling),
      backend.compile(doubling),
    ]);
    const x = (value: number) => ({ x: float32([value, 0], [1, 2]) });
    await Promise.all([first.run(x(1)), second.run(x(2)), first.run(x(3))]);
    expect(order).toEqual(['1', '2', '3']);
  });

  it('reject with errors in their classes, and leave aliased inputs alone', async () => {
    const executable = await (await open()).compile(counter, { aliases: { state: 'state' } });
    const { state } = await executable.run({ state: float32([1, 2]), x: float32([1, 1]) });
    if (state === undefined) throw new Error('no state');
    const refused = executable.run({ state, x: float32([1, 1, 1]) });
    await expect(refused).rejects.toBeInstanceOf(ShapeError);
    expect(await numbers(state)).toEqual([2, 3]);
  });

  it('refuse what cannot be sent, and go on', async () => {
    const executable = await (await open()).compile(doubling);
    const x = { ...float32([1, 2], [1, 2]), data: () => 1 } as unknown as HostTensor;
    await expect(executable.run({ x })).rejects.toMatchObject({
      code: 'NOT_CLONABLE',
      message: expect.stringContaining('doubling › run: a value cannot be sent to the worker'),
    });
    const { y } = await executable.run({ x: float32([1, 2], [1, 2]) });
    expect(await numbers(y)).toEqual([2, 4]);
  });

  it('refuse tensors of another backend, also of one behind another port', async () => {
    const executable = await (await open()).compile(doubling);
    const other = await open();
    const x = await other.upload(float32([1, 2], [1, 2]));
    await expect(executable.run({ x })).rejects.toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
      message: expect.stringContaining('doubling › input "x"'),
    });
    const local = await createReferenceBackend().upload(float32([1, 2], [1, 2]));
    await expect(executable.run({ x: local })).rejects.toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
    });
    expect(await numbers(x)).toEqual([1, 2]);
  });
});

describe('aliased inputs', () => {
  it('are consumed: for later uses, and for those that were called before the run had ended', async () => {
    const executable = await (await open()).compile(counter, { aliases: { state: 'state' } });
    const x = float32([1, 1]);
    const first = await executable.run({ state: float32([0, 0]), x });
    const { state } = first;
    if (state === undefined) throw new Error('no state');
    const running = executable.run({ state, x });
    const overtaken = executable.run({ state, x });
    const reading = state.read();
    await expect(overtaken).rejects.toMatchObject({ code: 'TENSOR_CONSUMED' });
    await expect(reading).rejects.toBeInstanceOf(DisposedError);
    expect(await numbers((await running).state)).toEqual([2, 2]);
    await expect(state.read()).rejects.toMatchObject({
      code: 'TENSOR_CONSUMED',
      message: expect.stringContaining(
        'read: the tensor was consumed by an earlier run, got float32[2]',
      ),
    });
  });
});

describe('tensors', () => {
  it('of small outputs are there with the answer, where the server says so', async () => {
    let reads = 0;
    const create = withRuns(async (inner, inputs) => {
      const outputs = await inner.run(inputs);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [
          name,
          {
            dtype: tensor.dtype,
            shape: tensor.shape,
            read: () => {
              reads += 1;
              return tensor.read();
            },
            dispose: () => tensor.dispose(),
          },
        ]),
      );
    });
    const backend = await open(create, { serve: { eagerBytes: 8 } });
    const executable = await backend.compile(doubling);
    const small = await executable.run({ x: float32([1, 2], [1, 2]) });
    expect(reads).toBe(1);
    const first = await small.y?.read();
    expect(reads).toBe(1);
    first?.data.fill(9);
    expect(await numbers(small.y)).toEqual([2, 4]);
    expect(reads).toBe(2);
    await executable.run({ x: float32([1, 2, 3, 4], [2, 2]) });
    expect(reads).toBe(2);
  });

  it('that are disposed are freed behind the port', async () => {
    let freed = 0;
    const create = withRuns(async (inner, inputs) => {
      const { y } = await inner.run(inputs);
      if (y === undefined) return {};
      const dispose = () => {
        freed += 1;
        y.dispose();
      };
      return { y: { dtype: y.dtype, shape: y.shape, read: () => y.read(), dispose } };
    });
    const executable = await (await open(create)).compile(doubling);
    const x = float32([1, 2], [1, 2]);
    const { y } = await executable.run({ x });
    y?.dispose();
    y?.dispose();
    await executable.run({ x });
    expect(freed).toBe(1);
    await expect(y?.read()).rejects.toMatchObject({ code: 'TENSOR_DISPOSED' });
  });

  it('that are given away leave their array', async () => {
    const backend = await open();
    const given = float32(new Array(50_000).fill(2));
    const tensor = await backend.give(given);
    expect(given.data.length).toBe(0);
    expect((await numbers(tensor)).length).toBe(50_000);
  });
});

describe('dispose', () => {
  it('ends everything, and may be called twice', async () => {
    const backend = await connect();
    const executable = await backend.compile(doubling);
    const { y } = await executable.run({ x: float32([1, 2], [1, 2]) });
    await backend.dispose();
    await backend.dispose();
    const code = { code: 'BACKEND_DISPOSED' };
    await expect(backend.compile(doubling)).rejects.toMatchObject(code);
    await expect(backend.upload(float32([1]))).rejects.toMatchObject(code);
    await expect(executable.run({})).rejects.toMatchObject(code);
    await expect(executable.placement()).rejects.toMatchObject(code);
    await expect(y?.read()).rejects.toMatchObject(code);
    y?.dispose();
    executable.dispose();
  });

  it('rejects what is still pending when the port has closed', async () => {
    const backend = await connect(withRuns(() => new Promise(() => {})));
    const executable = await backend.compile(doubling);
    const stuck = executable.run({ x: float32([1, 2], [1, 2]) });
    await Promise.all([
      backend.dispose(),
      expect(stuck).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' }),
    ]);
  });

  it('of an executable leaves its results', async () => {
    const executable = await (await open()).compile(doubling);
    const { y } = await executable.run({ x: float32([1, 2], [1, 2]) });
    executable.dispose();
    executable.dispose();
    await expect(executable.run({ x: float32([1, 2], [1, 2]) })).rejects.toMatchObject({
      code: 'EXECUTABLE_DISPOSED',
    });
    await expect(executable.placement()).rejects.toMatchObject({ code: 'EXECUTABLE_DISPOSED' });
    expect(await numbers(y)).toEqual([2, 4]);
  });

  it('of the backend follows when the client closes the channel', async () => {
    const { client, server } = channel();
    const disposed = new Promise<void>((resolve) => {
      const inner = createReferenceBackend();
      const create = (): BackendV1 => ({
        specificationVersion: 'v1',
        name: inner.name,
        manifest: inner.manifest,
        compile: (...args) => inner.compile(...args),
        upload: (tensor) => inner.upload(tensor),
        dispose: async () => resolve(),
      });
      serveBackend(server, create);
    });
    await connectBackend(client);
    await client.close();
    await disposed;
  });
});
