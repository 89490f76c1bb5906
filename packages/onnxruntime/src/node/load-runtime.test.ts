import { describe, expect, it } from 'vitest';
import { fakeRuntime } from '../../test/fake-runtime.ts';
import { loadRuntime } from './load-runtime.ts';

function failing(code: string, message: string): () => Promise<unknown> {
  return () => Promise.reject(Object.assign(new Error(message), { code }));
}

describe('loadRuntime', () => {
  it('loads the installed package', async () => {
    const runtime = await loadRuntime();
    expect(runtime.listSupportedBackends()).toContainEqual({ name: 'cpu', bundled: true });
  });

  it('finds the names of a CommonJS module on its default export', async () => {
    const runtime = fakeRuntime();
    expect(await loadRuntime(async () => ({ default: runtime }))).toBe(runtime);
  });

  it('says how to install a missing package', async () => {
    const missing = failing('ERR_MODULE_NOT_FOUND', "Cannot find package 'onnxruntime-node'");
    await expect(loadRuntime(missing)).rejects.toMatchObject({
      name: 'BackendError',
      code: 'BACKEND_RUNTIME_MISSING',
      message:
        'onnxruntime: the package "onnxruntime-node" is needed, got none.\nFix: npm install onnxruntime-node --ignore-scripts\nThe CPU and WebGPU binaries are inside the package; its install script only downloads CUDA files.',
      cause: { code: 'ERR_MODULE_NOT_FOUND' },
    });
  });

  it('tells a package that cannot be loaded from a missing one', async () => {
    const noBinary = failing('ERR_DLOPEN_FAILED', 'wrong ELF class\nat load');
    const noDependency = failing('MODULE_NOT_FOUND', "Cannot find module 'onnxruntime-common'");
    await expect(loadRuntime(noBinary)).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_BROKEN',
      message: expect.stringContaining(
        `${process.platform}-${process.arch}, got "Error: wrong ELF`,
      ),
    });
    await expect(loadRuntime(noDependency)).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_BROKEN',
    });
  });

  it('rejects a module of another interface', async () => {
    await expect(loadRuntime(async () => ({ Tensor: class {} }))).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_INCOMPATIBLE',
    });
  });
});
