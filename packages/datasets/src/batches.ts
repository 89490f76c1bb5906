import type { Batch, Dataset, Fields } from './dataset.ts';
import { checkInteger } from './internal/options.ts';
import { checkIndices, consecutiveIndices } from './internal/rows.ts';

/** How to cut a data set into batches. */
export interface BatchesOptions {
  /** The number of examples in a batch, 1 or more. */
  readonly batchSize: number;
  /** Leaves out the last batch when it would be smaller than `batchSize`. Default: false. */
  readonly dropRemainder?: boolean;
  /** The examples to visit, in order; by default all, from first to last. See `shuffledIndices`. */
  readonly order?: Uint32Array;
}

/**
 * Returns a generator over the batches of `dataset`, each gathered when it is asked for.
 *
 * The last batch holds what remains and may be smaller; an empty data set has no batches.
 *
 * @throws {DatasetError} `INVALID_OPTION`, or `INDEX_OUT_OF_RANGE` for an entry of `order`
 * @example
 * ```ts
 * for (const { image, label } of batches(train, { batchSize: 64, order: shuffledIndices(train.size, { seed: epoch }) })) {
 *   // image: uint8[64, 28, 28, 1], label: int32[64]
 * }
 * ```
 */
export function batches<F extends Fields>(
  dataset: Dataset<F>,
  options: BatchesOptions,
): Generator<Batch<F>, void, undefined> {
  const { batchSize, dropRemainder = false, order } = options;
  checkInteger('batches', 'batchSize', batchSize, 1);
  if (order !== undefined) {
    checkIndices('batches › order', order, dataset.size);
  }
  // Checks come first, outside the generator, whose body would not run before the first next().
  return generateBatches(dataset, batchSize, dropRemainder, order);
}

function* generateBatches<F extends Fields>(
  dataset: Dataset<F>,
  batchSize: number,
  dropRemainder: boolean,
  order: Uint32Array | undefined,
): Generator<Batch<F>, void, undefined> {
  const total = order?.length ?? dataset.size;
  for (let start = 0; start < total; start += batchSize) {
    const count = Math.min(batchSize, total - start);
    if (count < batchSize && dropRemainder) {
      return;
    }
    yield dataset.gather(order?.subarray(start, start + count) ?? consecutiveIndices(start, count));
  }
}
