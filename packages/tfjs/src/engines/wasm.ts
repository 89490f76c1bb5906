import { BackendError } from '@etalon/spec';
import { sizeOf } from '../kernels/strided.ts';
import type { TfjsCore, TfjsWasmMemory } from '../runtime.ts';
import { callKernel } from './call-kernel.ts';
import type { Engine } from './engine.ts';
import { keepProductsApart } from './product-operators.ts';

/** Last start of the engine, by the copy of TensorFlow.js: starts must not overlap. */
const starts = new WeakMap<TfjsCore, Promise<unknown>>();

/**
 * Returns the process's WebAssembly engine, which it starts when it is not running.
 *
 * Kernels are bound to one WebAssembly instance in variables of their module, so that a process has one engine,
 * whoever asks for it: backends share its heap, and code that uses TensorFlow.js itself shares it too.
 *
 * @throws {BackendError} (rejects) when it does not start.
 */
export async function startWasmEngine(core: TfjsCore): Promise<Engine> {
  const start = (starts.get(core) ?? Promise.resolve()).then(() => startMemory(core));
  starts.set(
    core,
    start.catch(() => undefined),
  );
  return wasmEngine(core, await start);
}

async function startMemory(core: TfjsCore): Promise<TfjsWasmMemory> {
  const current = core.getBackend();
  let cause: unknown;
  try {
    // The only public way to start it also makes it the current backend, which is the caller's choice.
    if (await core.setBackend('wasm')) {
      const memory = core.findBackend('wasm');
      if (current !== undefined && current !== 'wasm') await core.setBackend(current);
      if (isWasmMemory(memory)) return memory;
    }
  } catch (error) {
    cause = error;
  }
  throw new BackendError(
    'BACKEND_DEVICE_UNAVAILABLE',
    `createTfjsBackend: engine "wasm" cannot be used here, got ${JSON.stringify(cause === undefined ? 'no engine after its start' : String(cause))}.\nFix: check that the .wasm files of @tensorflow/tfjs-backend-wasm are installed beside its code.`,
    { ...(cause === undefined ? {} : { cause }), details: { engine: 'wasm' } },
  );
}

function isWasmMemory(value: unknown): value is TfjsWasmMemory {
  return (
    typeof value === 'object' &&
    value !== null &&
    'typedArrayFromHeap' in value &&
    'makeOutput' in value &&
    'dataIdMap' in value
  );
}

/** Bytes that an address of 32 bits can tell apart: a size beyond wraps around in the allocator. */
const ADDRESSES = 2 ** 32;

/**
 * Returns the engine's memory as this package and the kernels use it: an allocation that fails throws.
 *
 * The allocator answers 0 when the heap cannot grow, at 4 GB, and kernels would write there, over the engine's own data. Everything
 * but the allocation is inherited, so that numbers of tensors are counted in one place.
 */
function guardAllocations(memory: TfjsWasmMemory): TfjsWasmMemory {
  const guarded: TfjsWasmMemory = Object.create(memory);
  const makeOutput: TfjsWasmMemory['makeOutput'] = (shape, dtype, ...rest) => {
    const text = `${dtype}[${shape.join(', ')}]`;
    if (4 * sizeOf(shape) >= ADDRESSES) throw new Error(`out of memory: no heap holds ${text}`);
    const tensor = memory.makeOutput(shape, dtype, ...rest);
    if (memory.dataIdMap.get(tensor.dataId).memoryOffset !== 0) return tensor;
    memory.disposeData(tensor.dataId);
    throw new Error(`out of memory: no room for ${text}`);
  };
  return Object.assign(guarded, { makeOutput });
}

function wasmEngine(core: TfjsCore, unguarded: TfjsWasmMemory): Engine {
  const memory = guardAllocations(unguarded);
  const allocate: Engine['allocate'] = (dtype, shape) => memory.makeOutput([...shape], dtype);
  return {
    name: 'wasm',
    run: keepProductsApart(callKernel(core, 'wasm', memory), memory),
    allocate,
    place: (dtype, shape, data) => {
      const tensor = allocate(dtype, shape);
      memory.typedArrayFromHeap(tensor).set(data);
      return tensor;
    },
    view: (tensor) => memory.typedArrayFromHeap(tensor),
    share: ({ dataId, dtype }, shape) => {
      memory.incRef(dataId);
      return { dataId, dtype, shape: [...shape] };
    },
    release: ({ dataId }) => {
      memory.disposeData(dataId);
    },
    memoryCount: () => memory.numDataIds(),
  };
}
