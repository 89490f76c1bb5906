import { DataError } from '@etalon/spec';
import type { ExampleBatch, Examples } from './dataset.ts';
import { isIndexed } from './dataset.ts';

/** A batch with its place in the epoch. */
export interface PlacedBatch {
  /** Number of batches before it. */
  readonly index: number;
  /** Number of examples in it. */
  readonly size: number;
  readonly tensors: ExampleBatch;
  /** Numbers of its examples in the data set; `undefined` for a stream. */
  readonly examples: Uint32Array | undefined;
}

/** How an epoch is cut into batches. */
export interface EpochOptions {
  /** Used for examples with random access; a stream has its own. */
  readonly batchSize: number;
  /** Order of the examples; default their own. */
  readonly order?: Uint32Array;
  /** Batches to leave out at the beginning; default 0. */
  readonly skip?: number;
}

/** Number of batches in an epoch; `undefined` for a stream. */
export function batchCount(examples: Examples, batchSize: number): number | undefined {
  return isIndexed(examples) ? Math.ceil(examples.size / batchSize) : undefined;
}

/** Yields the batches of one epoch; the last one may be smaller. Empty batches of a stream do not count. */
export async function* epochBatches(
  examples: Examples,
  { batchSize, order, skip = 0 }: EpochOptions,
): AsyncGenerator<PlacedBatch> {
  if (isIndexed(examples)) {
    const indices = order ?? Uint32Array.from({ length: examples.size }, (_, index) => index);
    for (let index = skip; index * batchSize < indices.length; index++) {
      const part = indices.subarray(index * batchSize, (index + 1) * batchSize);
      yield { index, size: part.length, tensors: await examples.gather(part), examples: part };
    }
    return;
  }
  let index = 0;
  for await (const tensors of examples.batches()) {
    const size = sizeOf(tensors);
    if (size === 0) continue;
    if (index >= skip) yield { index, size, tensors, examples: undefined };
    index++;
  }
}

function sizeOf(tensors: ExampleBatch): number {
  const [first] = Object.values(tensors);
  const size = first?.shape[0];
  if (size !== undefined) return size;
  throw new DataError(
    'BATCH_SHAPE',
    `batch: every field needs a first axis of examples, got ${JSON.stringify(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])))}.`,
  );
}
