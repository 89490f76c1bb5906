import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { RemoteBackend } from '@etalon/worker';
import { startBackend } from '@etalon/worker/node';
import type { OnnxRuntimeBackend, OnnxRuntimeMemory } from '../backend.ts';
import type { EngineSettings } from './inline-backend.ts';

/** Starts the worker of this package with the backend in it. */
export function startWorker(settings: EngineSettings): Promise<RemoteBackend> {
  // By the name of its entry, not by a path beside this file: a worker thread of Node 20 loads built modules only, also when this
  // file runs from its source, and the name still leads there when an application was bundled into one file.
  const file = createRequire(import.meta.url).resolve('@etalon/onnxruntime/node/worker');
  return startBackend(pathToFileURL(file), settings);
}

/** Creates the backend in a worker thread. */
export async function createWorkerBackend(settings: EngineSettings): Promise<OnnxRuntimeBackend> {
  const remote = await startWorker(settings);
  const { device, threads } = settings;
  return {
    specificationVersion: 'v1',
    name: remote.name,
    manifest: remote.manifest,
    device,
    threads,
    compile: (program, options) => remote.compile(program, options),
    upload: (tensor) => remote.upload(tensor),
    memory: () => remote.report as OnnxRuntimeMemory,
    dispose: () => remote.dispose(),
  };
}
