import { BackendError } from '@etalon/spec';
import { afterEach, describe, expect, it } from 'vitest';
import type { OnnxRuntimeBackend } from '../backend.ts';
import { createOnnxRuntimeBackend } from './create-backend.ts';
import type { Execution } from './device-thread.ts';
import { executionOn, onOneThread } from './device-thread.ts';
import type { OnnxNodeDevice } from './devices.ts';

const created: OnnxRuntimeBackend[] = [];

// A machine of the tests may have no GPU: the backend behind is the CPU's.
async function hold(
  execution: Execution,
  device: OnnxNodeDevice = 'webgpu',
): Promise<OnnxRuntimeBackend> {
  const backend = await onOneThread(device, execution, () =>
    createOnnxRuntimeBackend({ execution: 'inline', threads: 1 }),
  );
  created.push(backend);
  return backend;
}

afterEach(async () => {
  for (const backend of created.splice(0)) await backend.dispose();
});

describe('executionOn', () => {
  it('keeps programs of the WebGPU device in one thread', () => {
    expect(executionOn('webgpu', 'auto')).toBe('inline');
    expect(executionOn('webgpu', 'worker')).toBe('worker');
    expect(executionOn('cpu', 'auto')).toBe('auto');
  });
});

describe('onOneThread', () => {
  it('lets several backends of one thread share the device', async () => {
    await hold('inline');
    await expect(hold('inline')).resolves.toMatchObject({ name: 'onnxruntime-cpu', threads: 1 });
  });

  it('refuses a worker beside a backend of this thread', async () => {
    await hold('inline');
    await expect(hold('worker')).rejects.toMatchObject({
      name: 'BackendError',
      code: 'DEVICE_THREADS',
      message:
        'createOnnxRuntimeBackend › execution: the engine\'s WebGPU device serves one thread of a process, got "worker" beside a backend in "inline".\nExpected every backend on "webgpu" to be inline, or one worker alone.\nFix: dispose the other backend first, or create both with execution "inline".',
    });
  });

  it('refuses anything beside a worker', async () => {
    await hold('worker');
    await expect(hold('worker')).rejects.toMatchObject({ code: 'DEVICE_THREADS' });
    await expect(hold('inline')).rejects.toMatchObject({ code: 'DEVICE_THREADS' });
  });

  it('frees the device once when its backend is disposed, or could not be created', async () => {
    const first = await hold('worker');
    await first.dispose();
    await first.dispose();
    const refused = onOneThread('webgpu', 'worker', () =>
      Promise.reject(new BackendError('X', 'x')),
    );
    await expect(refused).rejects.toMatchObject({ code: 'X' });
    await hold('inline');
    await expect(hold('worker')).rejects.toMatchObject({ code: 'DEVICE_THREADS' });
  });

  it('lets other devices be used from any thread', async () => {
    await hold('inline', 'cpu');
    await expect(hold('worker', 'cpu')).resolves.toBeDefined();
  });
});
