import { AttributeError } from '@etalon/spec';
import type { OnnxWebRuntime } from '../runtime.ts';

/** What the platform tells about threads; of a page, a worker or Node. */
export interface Platform {
  readonly navigator?: { readonly hardwareConcurrency?: number };
  /** `false` in a page whose server does not send the headers of cross-origin isolation. */
  readonly crossOriginIsolated?: boolean;
  readonly SharedArrayBuffer?: unknown;
}

/** Most threads that ONNX Runtime Web 1.30 starts by itself (lib/backend-wasm.ts). */
const USUAL_LIMIT = 4;

/**
 * Returns the largest thread count that can be asked for: the number of cores where the platform tells it, else 4; one where
 * threads cannot share memory.
 */
export function threadLimit(platform: Platform = globalThis as Platform): number {
  if (platform.SharedArrayBuffer === undefined || platform.crossOriginIsolated === false) return 1;
  return platform.navigator?.hardwareConcurrency ?? USUAL_LIMIT;
}

/** Returns the count that is used when none is asked for: half of the known cores, 4 at most, as ONNX Runtime Web does. */
export function usualThreads(platform: Platform = globalThis as Platform): number {
  const cores = platform.navigator?.hardwareConcurrency ?? 1;
  return Math.min(threadLimit(platform), USUAL_LIMIT, Math.ceil(cores / 2));
}

/**
 * Sets the thread count of an engine that has none yet.
 *
 * @returns the count that the engine has.
 * @throws {AttributeError} when it has another one.
 */
export function claimThreads({ env }: OnnxWebRuntime, threads: number): number {
  // The first session reads the setting, and fills it in where it is not set.
  env.wasm.numThreads ??= threads;
  return requireThreads(env.wasm.numThreads, threads);
}

/**
 * Checks that an engine has the thread count that was asked for.
 *
 * @throws {AttributeError} when it has not.
 */
export function requireThreads(actual: number, threads: number): number {
  if (actual === threads) return actual;
  throw new AttributeError(
    'THREADS_FIXED',
    `createOnnxRuntimeBackend › threads: onnxruntime-web has one thread count from its first session on, got ${threads} where it has ${actual}.\nFix: ask for ${actual}, or create the other backend in a worker.`,
  );
}
