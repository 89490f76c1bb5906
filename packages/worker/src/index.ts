/**
 * Any backend behind a port: a worker owns the engine and the tensors, the caller's thread stays free.
 *
 * @packageDocumentation
 */

export type { AdaptiveBackend, AdaptiveParts } from './adaptive/adaptive-backend.ts';
export { createAdaptiveBackend } from './adaptive/adaptive-backend.ts';
export type { Port, PortEnd, PortListener } from './port.ts';
export type { RemoteBackend } from './remote-backend.ts';
export { connectBackend } from './remote-backend.ts';
export type { ServeOptions } from './serve-backend.ts';
export { serveBackend } from './serve-backend.ts';
