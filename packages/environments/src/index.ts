/**
 * Environments for reinforcement learning that replay Gymnasium's. So far their foundation: random numbers that equal NumPy's, draw for
 * draw. Stands alone and runs in Node and in browsers.
 *
 * @packageDocumentation
 */
export type { EnvironmentErrorCode } from './errors.ts';
export { EnvironmentError, environmentErrorCodes } from './errors.ts';
export type { Pcg64State } from './random/pcg64.ts';
export { Pcg64 } from './random/pcg64.ts';
export { RandomGenerator } from './random/random-generator.ts';
export type { Seed } from './random/seed-sequence.ts';
export { SeedSequence } from './random/seed-sequence.ts';
