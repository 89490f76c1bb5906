import { availableParallelism } from 'node:os';
import type { BackendV1 } from '@etalon/core';

// As many as ONNX Runtime Web uses in a page of its own accord.
const wasmThreads = Math.min(4, availableParallelism());

// Imported when asked for: an example runs where only the engine it is told to use is installed.
const makers = {
  'onnxruntime-cpu': async (): Promise<BackendV1> =>
    (await import('@etalon/onnxruntime/node')).createOnnxRuntimeBackend({ device: 'cpu' }),
  'onnxruntime-wasm': async (): Promise<BackendV1> =>
    (await import('@etalon/onnxruntime/web')).createOnnxRuntimeBackend({
      device: 'wasm',
      threads: wasmThreads,
    }),
  'tfjs-cpu': async (): Promise<BackendV1> =>
    (await import('@etalon/tfjs/node')).createTfjsBackend({ engine: 'cpu' }),
  'tfjs-wasm': async (): Promise<BackendV1> =>
    (await import('@etalon/tfjs/node')).createTfjsBackend({ engine: 'wasm' }),
  reference: async (): Promise<BackendV1> =>
    (await import('@etalon/reference')).createReferenceBackend(),
} as const;

/** Engines that examples run on. */
export type BackendName = keyof typeof makers;

/** Their names, the fastest first. */
export const backendNames: readonly BackendName[] = Object.keys(makers) as BackendName[];

/** Starts an engine; whoever does so disposes the backend. */
export function createBackend(name: BackendName): Promise<BackendV1> {
  return makers[name]();
}
