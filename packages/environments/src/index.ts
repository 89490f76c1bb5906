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
export type { AnySpace } from './spaces/any-space.ts';
export { spaceFromJson } from './spaces/any-space.ts';
export type { BoxArray, BoxArrays, BoxDtype, BoxOptions } from './spaces/box.ts';
export { Box } from './spaces/box.ts';
export type { DictValues } from './spaces/dict.ts';
export { Dict } from './spaces/dict.ts';
export type { DiscreteSampleOptions } from './spaces/discrete.ts';
export { Discrete } from './spaces/discrete.ts';
export { flatSize, flatten, flattenSpace, unflatten } from './spaces/flatten.ts';
export type { GraphElement, GraphSampleOptions, GraphValue } from './spaces/graph.ts';
export { Graph } from './spaces/graph.ts';
export type { MultiBinarySampleOptions } from './spaces/multi-binary.ts';
export { MultiBinary } from './spaces/multi-binary.ts';
export type { MultiDiscreteSampleOptions } from './spaces/multi-discrete.ts';
export { MultiDiscrete } from './spaces/multi-discrete.ts';
export { OneOf } from './spaces/one-of.ts';
export type { SequenceSampleOptions } from './spaces/sequence.ts';
export { Sequence } from './spaces/sequence.ts';
export type { SampleOptions, SpaceJson } from './spaces/space.ts';
export { Space } from './spaces/space.ts';
export type { TextOptions, TextSampleOptions } from './spaces/text.ts';
export { Text } from './spaces/text.ts';
export type { TupleValues } from './spaces/tuple.ts';
export { Tuple } from './spaces/tuple.ts';
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
