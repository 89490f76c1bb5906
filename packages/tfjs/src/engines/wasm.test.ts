import { describe, expect, it } from 'vitest';
import type { TfjsCore, TfjsTensor, TfjsWasmMemory } from '../runtime.ts';
import { startWasmEngine } from './wasm.ts';

/** A heap that has room for so many tensors, and a kernel that allocates its result. */
function fakeCore(room: number): { readonly core: TfjsCore; readonly live: Map<object, number> } {
  const live = new Map<object, number>();
  const memory: TfjsWasmMemory = {
    numDataIds: () => live.size,
    incRef: () => {},
    disposeData: (dataId) => live.delete(dataId),
    dataIdMap: { get: (dataId) => ({ memoryOffset: live.get(dataId) ?? Number.NaN }) },
    makeOutput: (shape, dtype) => {
      const dataId = {};
      live.set(dataId, live.size < room ? 8 * (live.size + 1) : 0);
      return { dataId, shape: [...shape], dtype };
    },
    typedArrayFromHeap: () => new Float32Array(),
  };
  const core: TfjsCore = {
    version_core: '4.22.0',
    getKernel: (kernel) =>
      kernel === 'Relu'
        ? {
            kernelFunc: ({ inputs, backend }) =>
              (backend as TfjsWasmMemory).makeOutput((inputs.x as TfjsTensor).shape, 'float32'),
          }
        : undefined,
    getBackend: () => 'wasm',
    setBackend: async () => true,
    findBackend: () => memory,
  };
  return { core, live };
}

describe('startWasmEngine', () => {
  it('refuses allocations that the heap has no room for, those of kernels too', async () => {
    const { core, live } = fakeCore(1);
    const engine = await startWasmEngine(core);
    const x = engine.allocate('float32', [2, 3]);
    const message = 'out of memory: no room for float32[2, 3]';
    expect(() => engine.allocate('float32', [2, 3])).toThrow(message);
    expect(() => engine.run('Relu', { x }, {})).toThrow(message);
    expect(live.size).toBe(1);
  });

  it('refuses sizes that an address of 32 bits cannot tell', async () => {
    const engine = await startWasmEngine(fakeCore(1).core);
    expect(() => engine.allocate('float32', [2 ** 15, 2 ** 15])).toThrow(
      'out of memory: no heap holds float32[32768, 32768]',
    );
  });

  it('gives a product its own copy of a right operand that had another shape before', async () => {
    const { core, live } = fakeCore(9);
    const engine = await startWasmEngine(core);
    const operands: object[] = [];
    const kernel = core.getKernel('Relu', 'wasm');
    core.getKernel = () => ({
      kernelFunc: (call) => {
        operands.push((call.inputs.b as TfjsTensor).dataId);
        return kernel?.kernelFunc({
          ...call,
          inputs: { x: call.inputs.a as TfjsTensor },
        }) as TfjsTensor;
      },
    });
    const [a, b] = [engine.allocate('float32', [2, 3]), engine.allocate('float32', [3, 1])];
    const product = (right: TfjsTensor) => engine.run('BatchMatMul', { a, b: right }, {});
    product(b);
    product(b);
    product(engine.share(b, [1, 3]));
    product(b);
    const [first, second, third, last] = operands;
    expect([first, second, last]).toEqual([b.dataId, b.dataId, b.dataId]);
    expect(third).not.toBe(b.dataId);
    // two operands and four products: the copy is gone
    expect(live.size).toBe(6);
  });

  it('names a kernel that the engine lacks', async () => {
    const engine = await startWasmEngine(fakeCore(1).core);
    expect(() => engine.run('Conv2DBackpropFilter', {}, {})).toThrow(
      'no kernel Conv2DBackpropFilter in the engine wasm',
    );
  });

  it('reports an engine that is not there after its start', async () => {
    const { core } = fakeCore(1);
    const none: TfjsCore = { ...core, findBackend: () => null };
    await expect(startWasmEngine(none)).rejects.toMatchObject({
      code: 'BACKEND_DEVICE_UNAVAILABLE',
      message: expect.stringContaining('got "no engine after its start"'),
    });
  });
});
