import type { BackendV1, DeviceTensorV1, ProgramV1 } from '@etalon/spec';
import {
  BackendError,
  DataError,
  DisposedError,
  DTypeError,
  ShapeError,
  SpecificationVersionError,
  UnsupportedOperatorError,
} from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder, singleOperatorProgram } from '../../test/programs.ts';
import { hostTensor } from '../../test/tensors.ts';
import { kernels } from '../kernels/index.ts';
import { createReferenceBackend } from './backend.ts';
import { toReferenceTensor } from './device-tensor.ts';

/** state + x, with the output able to take the state's memory. */
function accumulator(): ProgramV1 {
  const builder = new ProgramBuilder();
  const state = builder.input('state', 'float32', [2]);
  const x = builder.input('x', 'float32', [2]);
  return builder.output('next', builder.float('add', [state, x], [2])).build('accumulator');
}

async function compiled(aliases: Readonly<Record<string, string>> = {}) {
  const backend = createReferenceBackend();
  const executable = await backend.compile(accumulator(), { aliases });
  const start = async (): Promise<DeviceTensorV1> => {
    const { next } = await executable.run({ state: hostTensor([1, 2]), x: hostTensor([0, 0]) });
    return next as DeviceTensorV1;
  };
  return { backend, executable, start };
}

const one = hostTensor([1, 1]);

async function numbers(tensor: DeviceTensorV1 | undefined): Promise<number[]> {
  return [...((await tensor?.read())?.data ?? [])];
}

describe('createReferenceBackend', () => {
  it('names every operator that has a kernel, and no random draw', () => {
    const { manifest, name, specificationVersion } = createReferenceBackend();
    expect({ name, specificationVersion }).toEqual({
      name: 'reference',
      specificationVersion: 'v1',
    });
    expect(Object.keys(manifest.operators).sort()).toEqual(
      [...Object.keys(kernels), 'scan'].sort(),
    );
    expect(manifest).toMatchObject({
      precision: 'exact',
      subnormals: 'kept',
      imageLayout: 'nhwc',
      loopPolicy: 'stepwise',
      deviceInputs: 'resident',
      threads: [1],
      deterministic: true,
    });
    expect(manifest.operators.cast).toEqual({
      dtypes: ['float32', 'int32', 'bool', 'uint8'],
      maximumRank: 8,
      nonFinite: true,
    });
  });

  it('runs on operands of rank 8', async () => {
    const shape = [2, 1, 2, 1, 2, 1, 2, 1];
    const x = hostTensor(
      Array.from({ length: 16 }, (_, i) => i),
      shape,
    );
    const attributes = { permutation: [7, 6, 5, 4, 3, 2, 1, 0] };
    const type = { dtype: 'float32', shape: [...shape].reverse() } as const;
    const program = singleOperatorProgram('transpose', [x], attributes, type);
    const executable = await createReferenceBackend().compile(program);
    const { y } = await executable.run({ 0: x });
    // the four axes of size 2 are bits of the index, in reverse order
    expect(await numbers(y)).toEqual([0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]);
  });

  it('keeps float64 on the device and rounds when a tensor is read', async () => {
    const x = hostTensor([1 / 3]);
    const program = singleOperatorProgram('exp', [x], {}, x);
    const executable = await createReferenceBackend().compile(program);
    const { y } = await executable.run({ 0: x });
    const exact = Math.exp(Math.fround(1 / 3));
    expect(toReferenceTensor(y as DeviceTensorV1).data[0]).toBe(exact);
    expect(await y?.read()).toEqual(hostTensor([Math.fround(exact)]));
    const again = await executable.run({ 0: y as DeviceTensorV1 });
    expect(toReferenceTensor(again.y as DeviceTensorV1).data[0]).toBe(Math.exp(exact));
  });

  it('returns every dtype in its own typed array', async () => {
    const builder = new ProgramBuilder();
    for (const dtype of ['float32', 'int32', 'bool', 'uint8'] as const) {
      builder.output(
        dtype,
        builder.node('identity', [builder.input(dtype, dtype, [2])], {}, { dtype, shape: [2] }),
      );
    }
    const executable = await createReferenceBackend().compile(builder.build());
    const inputs = {
      float32: hostTensor([0.5, 1]),
      int32: { dtype: 'int32', shape: [2], data: Int32Array.of(-5, 2 ** 31 - 1) },
      bool: { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) },
      uint8: { dtype: 'uint8', shape: [2], data: Uint8Array.of(7, 255) },
    } as const;
    const outputs = await executable.run(inputs);
    for (const [name, tensor] of Object.entries(inputs)) {
      expect(await outputs[name]?.read()).toEqual(tensor);
    }
  });

  it('places every node natively on the CPU', async () => {
    const { executable } = await compiled();
    expect(await executable.placement()).toEqual([
      { path: 'add_1', operator: 'add', kind: 'native', device: 'cpu' },
    ]);
  });
});

describe('inputs of a run', () => {
  it('are borrowed: a device tensor can be used again', async () => {
    const { executable, start } = await compiled();
    const state = await start();
    const { next } = await executable.run({ state, x: one });
    const { next: same } = await executable.run({ state, x: one });
    expect(await numbers(next)).toEqual([2, 3]);
    expect(await numbers(same)).toEqual([2, 3]);
    expect(await numbers(state)).toEqual([1, 2]);
  });

  it('are read when the call is made, so a host array may be reused at once', async () => {
    const { executable } = await compiled();
    const x = hostTensor([1, 1]);
    const running = executable.run({ state: x, x });
    x.data[0] = 100;
    expect(await numbers((await running).next)).toEqual([2, 2]);
  });

  it('are consumed where they are aliased', async () => {
    const { executable, start } = await compiled({ next: 'state' });
    const state = await start();
    const { next } = await executable.run({ state, x: one });
    expect(await numbers(next)).toEqual([2, 3]);
    await expect(state.read()).rejects.toThrow(
      'read(): the tensor has ended, got float32[2]: it was consumed.\nFix: use the output that is aliased to this input instead.',
    );
    const again = executable.run({ state, x: one });
    await expect(again).rejects.toBeInstanceOf(DisposedError);
    await expect(again).rejects.toMatchObject({ code: 'TENSOR_CONSUMED' });
    expect(() => toReferenceTensor(state)).toThrow(DisposedError);
  });

  it('are consumed by the first of two runs that were started together', async () => {
    const { executable, start } = await compiled({ next: 'state' });
    const state = await start();
    const first = executable.run({ state, x: one });
    const second = executable.run({ state, x: one });
    await expect(second).rejects.toMatchObject({ code: 'TENSOR_CONSUMED' });
    expect(await numbers((await first).next)).toEqual([2, 3]);
  });

  it('may be host tensors where they are aliased', async () => {
    const { executable } = await compiled({ next: 'state' });
    const { next } = await executable.run({ state: one, x: one });
    expect(await numbers(next)).toEqual([2, 2]);
  });

  it('must not be disposed', async () => {
    const { executable, start } = await compiled();
    const state = await start();
    state.dispose();
    state.dispose();
    await expect(executable.run({ state, x: one })).rejects.toThrow(
      'accumulator › input "state": the tensor has ended, got float32[2]: it was disposed.',
    );
    await expect(state.read()).rejects.toBeInstanceOf(DisposedError);
  });

  it('must belong to the backend', async () => {
    const { executable } = await compiled();
    const { start } = await compiled();
    const foreign = executable.run({ state: await start(), x: one });
    await expect(foreign).rejects.toBeInstanceOf(BackendError);
    await expect(foreign).rejects.toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
      message:
        'accumulator › input "state": the tensor belongs to another backend, got float32[2].\nFix: pass what read() of that tensor returns.',
    });
    const imitation: DeviceTensorV1 = {
      dtype: 'float32',
      shape: [2],
      read: async () => one,
      dispose: () => {},
    };
    await expect(executable.run({ state: imitation, x: one })).rejects.toMatchObject({
      code: 'BACKEND_FOREIGN_TENSOR',
    });
    expect(() => toReferenceTensor(imitation)).toThrow(BackendError);
  });

  it('must have the declared shape and dtype', async () => {
    const { executable } = await compiled();
    const short = executable.run({ state: hostTensor([1]), x: one });
    await expect(short).rejects.toBeInstanceOf(ShapeError);
    await expect(executable.run({ state: one })).rejects.toBeInstanceOf(DataError);
    const integers = { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) } as const;
    const wrong = executable.run({ state: integers, x: one });
    await expect(wrong).rejects.toBeInstanceOf(DTypeError);
  });
});

describe('runs', () => {
  it('queue in the order of the calls', async () => {
    const { executable } = await compiled();
    const finished: number[] = [];
    const runs = [0, 1, 2, 3].map(async (value) => {
      const { next } = await executable.run({ state: hostTensor([value, 0]), x: one });
      finished.push(value);
      return (await numbers(next))[0];
    });
    expect(await Promise.all(runs)).toEqual([1, 2, 3, 4]);
    expect(finished).toEqual([0, 1, 2, 3]);
  });

  it('go on after one that failed', async () => {
    const { executable } = await compiled();
    const failing = executable.run({ state: hostTensor([1]), x: one });
    const following = executable.run({ state: one, x: one });
    await expect(failing).rejects.toBeInstanceOf(ShapeError);
    expect(await numbers((await following).next)).toEqual([2, 2]);
  });

  it('reject with the reason of a signal that was aborted, and leave aliased inputs alone', async () => {
    const { executable, start } = await compiled({ next: 'state' });
    const state = await start();
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = executable.run({ state, x: one }, { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(await numbers(state)).toEqual([1, 2]);
  });

  it('wrap what the data leads to, and leave aliased inputs alone', async () => {
    const builder = new ProgramBuilder();
    const table = builder.input('table', 'float32', [2]);
    const at = builder.input('at', 'int32', [1]);
    const picked = builder.float('gather', [table, at], [1], { axis: 0 });
    const program = builder.output('y', picked).build('lookup');
    const backend = createReferenceBackend();
    const executable = await backend.compile(program);
    const running = executable.run({
      table: one,
      at: { dtype: 'int32', shape: [1], data: Int32Array.of(2) },
    });
    await expect(running).rejects.toBeInstanceOf(BackendError);
    await expect(running).rejects.toMatchObject({
      code: 'BACKEND_RUN_FAILED',
      cause: { code: 'INDEX_OUT_OF_RANGE' },
    });
  });
});

describe('compile', () => {
  it('refuses a random draw', async () => {
    const program = singleOperatorProgram(
      'randomNormal',
      [],
      { shape: [1], stream: 's' },
      { dtype: 'float32', shape: [1] },
    );
    const refused = createReferenceBackend().compile(program);
    await expect(refused).rejects.toBeInstanceOf(UnsupportedOperatorError);
    await expect(refused).rejects.toMatchObject({ code: 'OPERATOR_UNSUPPORTED' });
  });

  it('refuses a program of another version', async () => {
    const program = { ...accumulator(), specificationVersion: 'v2' } as never as ProgramV1;
    const refused = createReferenceBackend().compile(program);
    await expect(refused).rejects.toBeInstanceOf(SpecificationVersionError);
    await expect(refused).rejects.toThrow(
      'accumulator: the reference reads programs of version "v1", got "v2".',
    );
  });

  it.each([
    [{ later: 'state' }, 'output, got "later".\nExpected one of ["next"].'],
    [{ next: 'before' }, 'input, got "before".\nExpected one of ["state","x"].'],
  ])('refuses the aliases %j', async (aliases, message) => {
    const refused = createReferenceBackend().compile(accumulator(), { aliases });
    await expect(refused).rejects.toMatchObject({ code: 'ALIAS_UNKNOWN' });
    await expect(refused).rejects.toThrow(`accumulator › aliases: there is no such ${message}`);
  });
});

describe('dispose', () => {
  it('ends an executable: later calls reject, its tensors live on', async () => {
    const { executable, start } = await compiled();
    const tensor = await start();
    executable.dispose();
    executable.dispose();
    await expect(executable.run({ state: one, x: one })).rejects.toMatchObject({
      code: 'EXECUTABLE_DISPOSED',
      message: 'accumulator › run(): the executable has ended: the executable was disposed.',
    });
    await expect(executable.placement()).rejects.toBeInstanceOf(DisposedError);
    expect(await numbers(tensor)).toEqual([1, 2]);
  });

  it('lets a run that was called before it finish', async () => {
    const { executable } = await compiled();
    const running = executable.run({ state: one, x: one });
    executable.dispose();
    expect(await numbers((await running).next)).toEqual([2, 2]);
  });

  it('ends a backend with its executables and tensors', async () => {
    const { backend, executable, start } = await compiled();
    const tensor = await start();
    await backend.dispose();
    await backend.dispose();
    const program = accumulator();
    await expect(backend.compile(program)).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
    await expect(executable.run({ state: one, x: one })).rejects.toThrow(
      'accumulator › run(): the executable has ended: its backend was disposed.',
    );
    await expect(tensor.read()).rejects.toThrow(
      'read(): the tensor has ended, got float32[2]: its backend was disposed.',
    );
  });

  it('rejects runs that waited when the backend was disposed', async () => {
    const { backend, executable } = await compiled();
    const running = executable.run({ state: one, x: one });
    const disposal = backend.dispose();
    await expect(running).rejects.toBeInstanceOf(DisposedError);
    await disposal;
  });

  it('leaves other backends alone', async () => {
    const first: BackendV1 = createReferenceBackend();
    const { start } = await compiled();
    await first.dispose();
    expect(await numbers(await start())).toEqual([1, 2]);
  });
});
