/**
 * The smallest backend that trains a dense network: plain float32 JavaScript, to be read.
 *
 * @packageDocumentation
 */
export { createMinimalBackend } from './backend.ts';
