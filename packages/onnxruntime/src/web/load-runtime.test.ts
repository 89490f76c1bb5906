import { describe, expect, it } from 'vitest';
import { fakeWebRuntime } from '../../test/fake-runtime.ts';
import type { ImportRuntime } from '../import-runtime.ts';
import { loadRuntime } from './load-runtime.ts';

function failing(message: string, code?: string): ImportRuntime {
  return () => Promise.reject(Object.assign(new Error(message), code && { code }));
}

describe('loadRuntime', () => {
  it('loads an engine of its own for one thread', async () => {
    const [one, two, three] = [await loadRuntime(1), await loadRuntime(2), await loadRuntime(3)];
    expect(one.env).not.toBe(two.env);
    expect(two.env).toBe(three.env);
  });

  it('imports what the thread count needs', async () => {
    const [single, several] = [fakeWebRuntime(), fakeWebRuntime()];
    const imports = { single: async () => single, several: async () => ({ default: several }) };
    expect(await loadRuntime(1, imports)).toBe(single);
    expect(await loadRuntime(2, imports)).toBe(several);
  });

  it.each([
    failing(
      "Cannot find package 'onnxruntime-web' imported from load-runtime.js",
      'ERR_MODULE_NOT_FOUND',
    ),
    failing('Failed to resolve module specifier "onnxruntime-web/wasm".'),
    failing('Could not resolve "onnxruntime-web/wasm" imported by "@etalon/onnxruntime".'),
  ])('says how to install a missing package', async (single) => {
    await expect(loadRuntime(1, { single, several: single })).rejects.toMatchObject({
      name: 'BackendError',
      code: 'BACKEND_RUNTIME_MISSING',
      message:
        'onnxruntime: the package "onnxruntime-web" is needed, got none.\nFix: npm install onnxruntime-web',
      cause: expect.any(Error),
    });
  });

  it.each([
    failing("Cannot find package 'onnxruntime-common'", 'ERR_MODULE_NOT_FOUND'),
    failing('Failed to fetch dynamically imported module: https://example.org/onnxruntime-web.js'),
  ])('tells a package that cannot be loaded from a missing one', async (single) => {
    await expect(loadRuntime(1, { single, several: single })).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_BROKEN',
    });
  });

  it('rejects a module of another interface', async () => {
    const single = async () => ({ Tensor: class {}, InferenceSession: {} });
    await expect(loadRuntime(1, { single, several: single })).rejects.toMatchObject({
      code: 'BACKEND_RUNTIME_INCOMPATIBLE',
      message: expect.stringContaining('"onnxruntime-web"'),
    });
  });
});
