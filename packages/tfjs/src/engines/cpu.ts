import type { TfjsArray, TfjsCore, TfjsCpuModule, TfjsDType } from '../runtime.ts';
import { callKernel } from './call-kernel.ts';
import type { Engine } from './engine.ts';

const arrays: Readonly<Record<TfjsDType, new (length: number) => TfjsArray>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

/**
 * Starts an engine whose arrays are JavaScript's. Each has its own memory, which no other code of the
 * process sees; the kernels are told which to use.
 */
export function startCpuEngine(core: TfjsCore, { MathBackendCPU }: TfjsCpuModule): Engine {
  const memory = new MathBackendCPU();
  // Its first write prints an advertisement for tfjs-node.
  Object.assign(memory, { firstUse: false });
  return {
    name: 'cpu',
    run: callKernel(core, 'cpu', memory),
    allocate: (dtype, shape) =>
      memory.makeTensorInfo([...shape], dtype, new arrays[dtype](sizeOf(shape))),
    place: (dtype, shape, data) => memory.makeTensorInfo([...shape], dtype, data),
    view: ({ dataId }) => memory.data.get(dataId).values,
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

function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}
