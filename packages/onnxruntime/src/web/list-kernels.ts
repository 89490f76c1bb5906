import { inspectOnnx } from '@etalon/onnx';
import type { TraceKernels } from '../placement.ts';

/**
 * Reports every node of a model as a kernel of WebAssembly, without running it.
 *
 * ONNX Runtime Web writes no profile, and its log of placements goes to the console of the whole process, switched on once
 * before the engine starts. Neither is needed: the engine loads a model only if it has a kernel for each node, and this build has no
 * provider but the one of WebAssembly.
 */
export const listKernels: TraceKernels = async ({ model }) =>
  inspectOnnx(model).nodes.map(({ name, operator }) => ({
    node: name,
    operator,
    provider: 'WasmExecutionProvider',
  }));
