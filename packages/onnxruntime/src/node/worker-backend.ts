import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { RemoteBackend } from '@etalon/worker';
import { startBackend } from '@etalon/worker/node';
import type { OnnxRuntimeBackend, OnnxRuntimeMemory } from '../backend.ts';
import type { EngineSettings } from './inline-backend.ts';

/** Starts the worker of this package with the backend in it. */
export function startWorker(settings: EngineSettings): Promise<RemoteBackend> {
  // The built file, also when this one runs from its source: a worker thread of Node 20 loads nothing else. It is found by the
  // package's name, which still leads there when an application was bundled into one file.
  const { resolve } = createRequire(import.meta.url);
  const manifest = pathToFileURL(resolve('@etalon/onnxruntime/package.json'));
  return startBackend(new URL('./dist/node/worker.js', manifest), settings);
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
