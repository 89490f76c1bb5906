import type { Batch, Dataset, Fields } from './dataset.ts';
import { checkInteger } from './internal/options.ts';
import { checkIndices, consecutiveIndices, gatherRows } from './internal/rows.ts';

/**
 * Returns the examples of `dataset` at `indices`, in that order, as a data set.
 *
 * Nothing but the indices is copied. An index may occur several times, which repeats its example.
 *
 * @throws {DatasetError} `INDEX_OUT_OF_RANGE`
 */
export function subset<F extends Fields>(
  dataset: Dataset<F>,
  indices: Uint32Array | readonly number[],
): Dataset<F> {
  // Checked before the copy: a Uint32Array would turn -1 into 4294967295.
  checkIndices('subset', indices, dataset.size);
  return selectExamples(dataset, Uint32Array.from(indices));
}

/**
 * Returns the first `count` examples of `dataset` as a data set.
 *
 * @param count - from 0 to `dataset.size`
 * @throws {DatasetError} `INVALID_OPTION`
 */
export function takeExamples<F extends Fields>(dataset: Dataset<F>, count: number): Dataset<F> {
  checkInteger('takeExamples', 'count', count, 0, dataset.size);
  return selectExamples(dataset, consecutiveIndices(0, count));
}

/**
 * {@link subset} without the check and the copy: `indices` must be valid and must not change.
 *
 * @internal
 */
export function selectExamples<F extends Fields>(
  dataset: Dataset<F>,
  indices: Uint32Array,
): Dataset<F> {
  const size = indices.length;
  return {
    size,
    deterministic: dataset.deterministic === true,
    fields: dataset.fields,
    gather(positions: Uint32Array): Batch<F> {
      checkIndices('gather', positions, size);
      const selected = new Uint32Array(positions.length);
      gatherRows(indices, 1, positions, selected);
      return dataset.gather(selected);
    },
  };
}
