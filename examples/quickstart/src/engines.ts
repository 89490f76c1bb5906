import { availableParallelism } from 'node:os';
import type { BackendV1 } from '@etalon/core';
import { createOnnxRuntimeBackend } from '@etalon/onnxruntime/node';
import { createOnnxRuntimeBackend as createOnnxRuntimeWebBackend } from '@etalon/onnxruntime/web';
import { createReferenceBackend } from '@etalon/reference';
import { createTfjsBackend } from '@etalon/tfjs/node';

/** An engine to judge. */
export interface Engine {
  readonly name: string;
  /** Starts it; whoever does so disposes the backend. */
  readonly create: () => BackendV1 | Promise<BackendV1>;
  /** Images that it classifies; a slow engine gets fewer. */
  readonly images: number;
  /** Runs that the median latency is taken of. */
  readonly repetitions: number;
}

/** The engine that the network is trained on. */
export const onnxRuntimeCpu: Engine = {
  name: 'onnxruntime-cpu',
  create: () => createOnnxRuntimeBackend({ device: 'cpu' }),
  images: Number.POSITIVE_INFINITY,
  repetitions: 101,
};

// As many as ONNX Runtime Web uses in a page of its own accord; Node 20 does not tell it the cores.
const wasmThreads = Math.min(4, availableParallelism());

/** Every engine, the float64 reference first. */
export const engines: readonly [Engine, ...Engine[]] = [
  { name: 'reference', create: createReferenceBackend, images: 1000, repetitions: 5 },
  onnxRuntimeCpu,
  {
    name: 'onnxruntime-wasm',
    create: () => createOnnxRuntimeWebBackend({ device: 'wasm', threads: wasmThreads }),
    images: Number.POSITIVE_INFINITY,
    repetitions: 51,
  },
  {
    name: 'tfjs-cpu',
    create: () => createTfjsBackend({ engine: 'cpu' }),
    images: 1000,
    repetitions: 5,
  },
  {
    name: 'tfjs-wasm',
    create: () => createTfjsBackend({ engine: 'wasm' }),
    images: Number.POSITIVE_INFINITY,
    repetitions: 51,
  },
];
