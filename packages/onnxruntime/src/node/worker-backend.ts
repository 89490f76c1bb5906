import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { BackendV1 } from '@etalon/spec';
import type { RemoteBackend } from '@etalon/worker';
import { createAdaptiveBackend } from '@etalon/worker';
import { startBackend } from '@etalon/worker/node';
import type { OnnxRuntimeBackend, OnnxRuntimeMemory } from '../backend.ts';
import type { EngineSettings } from './inline-backend.ts';
import { createInlineBackend } from './inline-backend.ts';

/** Starts the worker of this package with the backend in it. */
function startWorker(settings: EngineSettings): Promise<RemoteBackend> {
  // The built file, also when this one runs from its source: a worker thread of Node 20 loads nothing else. It is found by the
  // package's name, which still leads there when an application was bundled into one file.
  const { resolve } = createRequire(import.meta.url);
  const manifest = pathToFileURL(resolve('@etalon/onnxruntime/package.json'));
  return startBackend(new URL('./dist/node/worker.js', manifest), settings);
}

/** Creates the backend in a worker thread. */
export async function createWorkerBackend(settings: EngineSettings): Promise<OnnxRuntimeBackend> {
  const remote = await startWorker(settings);
  return withFacts(remote, settings, () => memoryOf(remote));
}

/** Creates the backend in this thread, from which programs that take long move to a worker. */
export async function createAutoBackend(settings: EngineSettings): Promise<OnnxRuntimeBackend> {
  const inline = await createInlineBackend(settings);
  const adaptive = createAdaptiveBackend({
    inline,
    startWorker: () => startWorker(settings),
    now: () => performance.now(),
  });
  return withFacts(adaptive, settings, () => {
    const here = inline.memory();
    const there = memoryOf(adaptive.worker);
    return {
      allocations: here.allocations + there.allocations,
      pooledBytes: here.pooledBytes + there.pooledBytes,
    };
  });
}

// As of the latest answer: asking would take a message.
function memoryOf(remote: RemoteBackend | undefined): OnnxRuntimeMemory {
  const none = { allocations: 0, pooledBytes: 0 };
  return (remote?.report as OnnxRuntimeMemory | undefined) ?? none;
}

function withFacts(
  backend: BackendV1,
  { device, threads }: EngineSettings,
  memory: () => OnnxRuntimeMemory,
): OnnxRuntimeBackend {
  return {
    specificationVersion: 'v1',
    name: backend.name,
    manifest: backend.manifest,
    device,
    threads,
    compile: (program, options) => backend.compile(program, options),
    upload: (tensor) => backend.upload(tensor),
    memory,
    dispose: () => backend.dispose(),
  };
}
