import { Worker } from 'node:worker_threads';
import type { RemoteBackend } from '../remote-backend.ts';
import { connectBackend } from '../remote-backend.ts';
import { workerPort } from './ports.ts';

/**
 * Starts a worker thread and creates a backend in it.
 *
 * The worker keeps the process alive only while calls are pending, and ends with the backend's `dispose`. It runs without the flags
 * that Node was started with, so that loaders meant for the application do not slow it down.
 *
 * @param module - a module that calls `serveParent`.
 * @param options - for its `createBackend`; plain data.
 *
 * @example
 * const backend = await startBackend(new URL('./my-worker.js', import.meta.url), { threads: 2 });
 *
 * @throws {EtalonError} (rejects) as `connectBackend` does.
 */
export function startBackend(module: string | URL, options?: unknown): Promise<RemoteBackend> {
  return connectBackend(workerPort(new Worker(module, { execArgv: [] })), options);
}
