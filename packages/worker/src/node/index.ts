/**
 * Backends in Node's worker threads.
 *
 * @packageDocumentation
 */
export { messagePort, workerPort } from './ports.ts';
export { serveParent } from './serve-parent.ts';
export { startBackend } from './start-backend.ts';
