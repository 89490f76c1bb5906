import type { DType, HostTensor } from '@etalon/spec';
import { DataError } from '@etalon/spec';

/** Tensors of some examples by field name, stacked along a first axis. */
export type ExampleBatch = Readonly<Record<string, HostTensor>>;

/** Element type and shape of one example's field, without the batch axis. */
export interface FieldSpec {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * Examples with random access: what `@etalon/datasets` makes, or anything else with these members.
 */
export interface IndexedExamples {
  /** Number of examples. */
  readonly size: number;
  /**
   * Whether an index gives the same example at every call, so that all examples may be kept on the device while `fit`
   * runs. Default false: each batch is gathered anew, as random augmentation needs it.
   */
  readonly deterministic?: boolean;
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** Returns the examples at the given indices, stacked in that order. */
  gather(indices: Uint32Array): ExampleBatch | Promise<ExampleBatch>;
  /**
   * Returns all examples in their order where they lie in memory so already; absent otherwise. The tensors are borrowed: they
   * are read while `fit` runs and must not change meanwhile. Saves a copy of everything where data is kept on the device.
   */
  whole?(): ExampleBatch;
}

/** Examples that come in batches of the source's choosing, again from the start at each call. */
export interface StreamedExamples {
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** Returns the batches of one pass. The examples of a batch lie along the first axis of each field. */
  batches(): Iterable<ExampleBatch> | AsyncIterable<ExampleBatch>;
}

/** What `fit`, `evaluate` and `predict` read. */
export type Examples = IndexedExamples | StreamedExamples;

/** Tells whether examples have random access. */
export function isIndexed(examples: Examples): examples is IndexedExamples {
  return hasMethod(examples, 'gather');
}

/** Tells examples from tensors by name, whatever the names: a tensor is no function. */
export function isExamples(inputs: unknown): inputs is Examples {
  return hasMethod(inputs, 'gather') || hasMethod(inputs, 'batches');
}

/**
 * Checks that something is examples: programs without types pass arrays, promises and bare tensors.
 *
 * @throws {DataError} when it is not.
 */
export function requireExamples(where: string, examples: unknown): asserts examples is Examples {
  const { fields } = Object(examples);
  if (isExamples(examples) && typeof fields === 'object' && fields !== null) return;
  throw new DataError(
    'INPUT_INVALID',
    `${where}: examples are needed, got ${describe(examples)}.\nExpected an object with \`fields\`, and \`gather(indices)\` or \`batches()\`.\nFix: make it of tensors with datasetFromTensors() of @etalon/datasets.`,
  );
}

/**
 * Returns the batches of a stream.
 *
 * @throws {DataError} `INPUT_INVALID` when they cannot be iterated over, as a promise cannot.
 */
export function batchesOf(examples: StreamedExamples): ReturnType<StreamedExamples['batches']> {
  const batches = examples.batches();
  const { [Symbol.iterator]: iterator, [Symbol.asyncIterator]: asyncIterator } = Object(batches);
  if (typeof (asyncIterator ?? iterator) === 'function') return batches;
  throw new DataError(
    'INPUT_INVALID',
    `batches(): an iterable of batches is needed, got ${describe(batches)}.\nFix: write it as a generator, \`*batches()\` or \`async *batches()\`, or return an array.`,
  );
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof Object(value)[name] === 'function';
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `an object of ${JSON.stringify(Object.keys(value).slice(0, 8))}`;
}
