import { describe, expect, it } from 'vitest';
import { fakeWebRuntime } from '../../test/fake-runtime.ts';
import { claimThreads, threadLimit, usualThreads } from './threads.ts';

const page = {
  SharedArrayBuffer,
  crossOriginIsolated: true,
  navigator: { hardwareConcurrency: 12 },
};

describe('threadLimit', () => {
  it('is the number of cores where memory can be shared', () => {
    expect(threadLimit(page)).toBe(12);
    expect(threadLimit({ ...page, crossOriginIsolated: false })).toBe(1);
    expect(threadLimit({ navigator: { hardwareConcurrency: 12 } })).toBe(1);
  });

  it('is 4 on a platform that tells no number of cores, as Node 20', () => {
    expect(threadLimit({ SharedArrayBuffer })).toBe(4);
  });
});

describe('usualThreads', () => {
  it.each([
    [12, 4],
    [8, 4],
    [5, 3],
    [2, 1],
    [1, 1],
  ])('of %i cores is %i', (hardwareConcurrency, threads) => {
    expect(usualThreads({ ...page, navigator: { hardwareConcurrency } })).toBe(threads);
  });

  it('is 1 where memory cannot be shared or cores are not told', () => {
    expect(usualThreads({ ...page, crossOriginIsolated: false })).toBe(1);
    expect(usualThreads({ SharedArrayBuffer })).toBe(1);
  });
});

describe('claimThreads', () => {
  it('sets the count once, for every backend on the module', () => {
    const runtime = fakeWebRuntime();
    expect(claimThreads(runtime, 2)).toBe(2);
    expect(runtime.env.wasm.numThreads).toBe(2);
    expect(claimThreads(runtime, 2)).toBe(2);
    expect(() => claimThreads(runtime, 3)).toThrow(
      expect.objectContaining({
        name: 'AttributeError',
        code: 'THREADS_FIXED',
        message:
          'createOnnxRuntimeBackend › threads: onnxruntime-web has one thread count from its first session on, got 3 where it has 2.\nFix: ask for 2, or create the other backend in a worker.',
      }),
    );
    expect(runtime.env.wasm.numThreads).toBe(2);
  });
});
