import { describe, expect, it } from 'vitest';
import { fakeEngine, fakeExecutable } from '../test/fake-executable.ts';
import type { FakeModel } from '../test/fake-runtime.ts';
import { descent, doubling, float32 } from '../test/programs.ts';
import { returnedOutputs } from './output-memory.ts';

const x = float32([1, 2], [3, 4]);

function executableReturning(model: FakeModel) {
  return fakeExecutable(doubling, model, {}, fakeEngine(), returnedOutputs);
}

function doubled(data: unknown, dims: readonly number[] = [1, 2]) {
  return { double: { type: 'float32', dims, data } };
}

describe('returnedOutputs', () => {
  it('asks for outputs without memory and takes what the engine returns', async () => {
    const seen: unknown[] = [];
    const { executable, memory } = executableReturning((feeds, fetches) => {
      seen.push(fetches.double);
      return doubled(feeds.x?.data.map((value) => 2 * value));
    });
    const { double } = await executable.run({ x });
    expect(seen).toEqual([null]);
    expect(await double?.read()).toEqual(float32([1, 2], [6, 8]));
    double?.dispose();
    expect(memory.pool.statistics).toEqual({ allocations: 0, pooledBytes: 0 });
  });

  it('reads copies, so that what a reader does changes no later run', async () => {
    const { executable } = executableReturning((feeds) => doubled(feeds.x?.data.slice()));
    const { double } = await executable.run({ x });
    if (double === undefined) throw new Error('no output');
    (await double.read()).data.fill(9);
    expect(await double.read()).toEqual(x);
    const { double: again } = await executable.run({ x: double });
    expect(await again?.read()).toEqual(x);
  });

  it('feeds the tensor of the engine back as it is', async () => {
    const tensors: unknown[] = [];
    const { executable } = executableReturning((feeds) => {
      tensors.push(feeds.x);
      const output = doubled(Float32Array.of(1, 2));
      tensors.push(output.double);
      return output;
    });
    const { double } = await executable.run({ x });
    if (double === undefined) throw new Error('no output');
    await executable.run({ x: double });
    expect(tensors[2]).toBe(tensors[1]);
  });

  it.each([
    ['none', {}],
    ['float32[2]', doubled(Float32Array.of(1, 2), [2])],
    ['float32[1, 2]', doubled(Float32Array.of(1))],
    ['float32[1, 2]', doubled(Int32Array.of(1, 2))],
  ])('refuses an output that is not as declared: %s', async (got, returned) => {
    const { executable } = executableReturning(() => returned);
    await expect(executable.run({ x })).rejects.toMatchObject({
      name: 'BackendError',
      code: 'BACKEND_RUN_FAILED',
      message: `doubling › output "double": ONNX Runtime did not give the output that the program declares, got ${got}.\nThe inputs are untouched, aliased ones too.`,
    });
  });

  it('consumes an aliased input on success and only then', async () => {
    let data = Float32Array.of(1, 2, 3, 4);
    const model: FakeModel = () => ({ 'w.next': { type: 'float32', dims: [4], data } });
    const engine = fakeEngine();
    const { executable } = fakeExecutable(descent, model, { w: 'w' }, engine, returnedOutputs, {
      w: 'w.next',
    });
    const inputs = { gradient: float32([4], [1, 1, 1, 1]), rate: float32([], [1]) };
    const { w } = await executable.run({ ...inputs, w: float32([4], [0, 0, 0, 0]) });
    if (w === undefined) throw new Error('no state');
    data = Float32Array.of(1);
    await expect(executable.run({ ...inputs, w })).rejects.toMatchObject({
      code: 'BACKEND_RUN_FAILED',
    });
    expect([...(await w.read()).data]).toEqual([1, 2, 3, 4]);
    data = Float32Array.of(5, 6, 7, 8);
    await executable.run({ ...inputs, w });
    await expect(w.read()).rejects.toMatchObject({ code: 'TENSOR_CONSUMED' });
  });
});
