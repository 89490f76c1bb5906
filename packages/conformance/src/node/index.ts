/**
 * The command of the conformance suite, for Node.
 *
 * @packageDocumentation
 */
export type { CommandEnvironment } from './command.ts';
export { runCommand } from './command.ts';
export type { KnownBackend } from './registry.ts';
export { knownBackends } from './registry.ts';
