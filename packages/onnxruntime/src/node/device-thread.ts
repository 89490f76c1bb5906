import { BackendError } from '@etalon/spec';
import type { OnnxRuntimeBackend } from '../backend.ts';
import type { OnnxNodeDevice } from './devices.ts';

/** Where a backend runs its programs. `auto` runs them in two threads. */
export type Execution = 'auto' | 'inline' | 'worker';

/** Backends on WebGPU that have not been disposed, by the thread they use; each worker is a thread of its own. */
const users = { inline: 0, worker: 0 };

/**
 * Returns the execution that a device can have. ONNX Runtime 1.30 keeps one WebGPU device per process and guards it by no lock: two
 * threads that run on it at once end in validation errors, wrong values or a segmentation fault. There `auto` stays inline.
 */
export function executionOn(device: OnnxNodeDevice, execution: Execution): Execution {
  return device === 'webgpu' && execution === 'auto' ? 'inline' : execution;
}

/**
 * Creates a backend that keeps others out of the device it cannot share, until it is disposed.
 *
 * @throws {BackendError} (rejects) when a backend in another thread uses the device.
 */
export async function onOneThread(
  device: OnnxNodeDevice,
  execution: Execution,
  create: () => Promise<OnnxRuntimeBackend>,
): Promise<OnnxRuntimeBackend> {
  if (device !== 'webgpu' || execution === 'auto') return create();
  if (users.worker > 0 || (execution === 'worker' && users.inline > 0))
    throw deviceTaken(execution);
  users[execution] += 1;
  let isHeld = true;
  const release = (): void => {
    if (isHeld) users[execution] -= 1;
    isHeld = false;
  };
  try {
    const backend = await create();
    const { specificationVersion, name, manifest, threads } = backend;
    return {
      specificationVersion,
      name,
      manifest,
      device: backend.device,
      threads,
      compile: (program, options) => backend.compile(program, options),
      upload: (tensor) => backend.upload(tensor),
      memory: () => backend.memory(),
      dispose: () => backend.dispose().finally(release),
    };
  } catch (error) {
    release();
    throw error;
  }
}

function deviceTaken(execution: Execution): BackendError {
  const other = users.worker > 0 ? 'worker' : 'inline';
  return new BackendError(
    'DEVICE_THREADS',
    `createOnnxRuntimeBackend › execution: the engine's WebGPU device serves one thread of a process, got "${execution}" beside a backend in "${other}".\nExpected every backend on "webgpu" to be inline, or one worker alone.\nFix: dispose the other backend first, or create both with execution "inline".`,
  );
}
