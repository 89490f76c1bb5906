/**
 * Environments for reinforcement learning that replay Gymnasium's. So far their foundation: random numbers that equal NumPy's, draw for
 * draw, and tables of tabular environments with their exact optima. Stands alone and runs in Node and in browsers.
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
export type { CliffWalkingOptions } from './tabular/cliff-walking.ts';
export { cliffWalkingTable } from './tabular/cliff-walking.ts';
export type { FrozenLakeOptions } from './tabular/frozen-lake.ts';
export { frozenLakeTable } from './tabular/frozen-lake.ts';
export type { PolicyIterationOptions, Solution, ValueIterationOptions } from './tabular/solve.ts';
export { policyIteration, valueIteration } from './tabular/solve.ts';
export type { TaxiOptions, TaxiState } from './tabular/taxi.ts';
export { decodeTaxi, encodeTaxi, taxiTable } from './tabular/taxi.ts';
export type { Outcome, TransitionTableOptions } from './tabular/transition-table.ts';
export { TransitionTable } from './tabular/transition-table.ts';
