import { describe, expect, it } from 'vitest';
import type { ImportPackage, PackageName } from './load-runtime.ts';
import { loadRuntime } from './load-runtime.ts';

function failing(code: string, message: string): ImportPackage {
  return () => Promise.reject(Object.assign(new Error(message), { code }));
}

const importInstalled: ImportPackage = (name) => import(name);

describe('loadRuntime', () => {
  it.each(['cpu', 'wasm'] as const)('loads the installed packages of engine %s', async (engine) => {
    const runtime = await loadRuntime(engine);
    expect(Object.keys(runtime)).toEqual(['core', engine]);
    expect(runtime.core.version_core).toBe('4.22.0');
  });

  it('imports only what the engine needs', async () => {
    const names: PackageName[] = [];
    await loadRuntime('cpu', (name) => {
      names.push(name);
      return importInstalled(name);
    });
    expect(names).toEqual(['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu']);
  });

  it('says how to install a missing package', async () => {
    const missing = failing('ERR_MODULE_NOT_FOUND', "Cannot find package '@tensorflow/tfjs-core'");
    await expect(loadRuntime('wasm', missing)).rejects.toMatchObject({
      name: 'BackendError',
      code: 'BACKEND_RUNTIME_MISSING',
      message:
        'tfjs: the package "@tensorflow/tfjs-core" is needed, got none.\nFix: npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0',
      cause: { code: 'ERR_MODULE_NOT_FOUND' },
    });
  });

  it('tells a package that cannot be loaded from a missing one', async () => {
    const noDependency = failing('MODULE_NOT_FOUND', "Cannot find module 'seedrandom'");
    await expect(loadRuntime('cpu', noDependency)).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_BROKEN',
      message: expect.stringContaining('"Error: Cannot find module \'seedrandom\'"'),
    });
  });

  it('refuses another version, whose kernels are not known', async () => {
    const older: ImportPackage = async (name) => ({
      ...((await importInstalled(name)) as object),
      version_core: '3.21.0',
      default: undefined,
    });
    await expect(loadRuntime('cpu', older)).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_INCOMPATIBLE',
      message:
        'tfjs: version 4.22.0 of "@tensorflow/tfjs-core" is needed, got "3.21.0".\nFix: npm install @tensorflow/tfjs-core@4.22.0',
    });
  });

  it('refuses a module of another interface', async () => {
    await expect(loadRuntime('cpu', async () => ({}))).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_INCOMPATIBLE',
    });
  });
});
