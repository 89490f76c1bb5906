import { parentPort } from 'node:worker_threads';
import type { BackendV1 } from '@etalon/spec';
import type { ServeOptions } from '../serve-backend.ts';
import { serveBackend } from '../serve-backend.ts';
import { messagePort } from './ports.ts';

/**
 * Serves a backend to the thread that started this worker. In the main thread it does nothing.
 *
 * @param createBackend - is given the options of `startBackend`.
 */
export function serveParent<B extends BackendV1>(
  createBackend: (options: unknown) => B | Promise<B>,
  options: ServeOptions<B> = {},
): void {
  if (parentPort === null) return;
  serveBackend(messagePort(parentPort), createBackend, options);
  // The worker lives until the other thread ends it.
  parentPort.ref();
}
