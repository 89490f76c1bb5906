import type { DType, HostTensor } from '@etalon/spec';

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
  return 'gather' in examples;
}

/** Tells examples from tensors by name, whatever the names: a tensor is no function. */
export function isExamples(inputs: ExampleBatch | Examples): inputs is Examples {
  return (
    ('gather' in inputs && typeof inputs.gather === 'function') ||
    ('batches' in inputs && typeof inputs.batches === 'function')
  );
}
