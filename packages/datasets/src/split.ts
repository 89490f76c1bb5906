import type { Dataset, Fields } from './dataset.ts';
import { DatasetError } from './errors.ts';
import { checkInteger } from './internal/options.ts';
import { consecutiveIndices } from './internal/rows.ts';
import { shuffledIndices } from './shuffle.ts';
import { selectExamples } from './subset.ts';

/** Splits in two by a share. */
export interface SplitByFraction {
  /** The first part's share, from 0 to 1; its size is `fraction * size` rounded to the nearest integer. */
  readonly fraction: number;
  /** Shuffles before splitting, as `shuffle` does; without it the order stays. */
  readonly seed?: number;
}

/** Splits in as many parts as there are sizes. */
export interface SplitBySizes<S extends readonly number[] = readonly number[]> {
  /** The size of each part; they must add up to the size of the data set. */
  readonly sizes: S;
  /** Shuffles before splitting, as `shuffle` does; without it the order stays. */
  readonly seed?: number;
}

/**
 * Returns the examples of `dataset` divided into parts: each example is in exactly one part.
 *
 * @throws {DatasetError} `INVALID_OPTION`
 * @example
 * ```ts
 * const [training, validation] = split(train, { fraction: 0.9, seed: 1 });
 * ```
 */
export function split<F extends Fields>(
  dataset: Dataset<F>,
  options: SplitByFraction,
): readonly [Dataset<F>, Dataset<F>];
export function split<F extends Fields, const S extends readonly number[]>(
  dataset: Dataset<F>,
  options: SplitBySizes<S>,
): { readonly [Part in keyof S]: Dataset<F> };
export function split<F extends Fields>(
  dataset: Dataset<F>,
  options: SplitByFraction | SplitBySizes,
): readonly Dataset<F>[] {
  const sizes = partSizes(dataset.size, options);
  const order =
    options.seed === undefined
      ? consecutiveIndices(0, dataset.size)
      : shuffledIndices(dataset.size, { seed: options.seed });
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return selectExamples(dataset, order.subarray(end - size, end));
  });
}

function partSizes(size: number, options: SplitByFraction | SplitBySizes): readonly number[] {
  if ('sizes' in options) {
    let total = 0;
    for (const [part, count] of options.sizes.entries()) {
      checkInteger('split', `sizes[${part}]`, count, 0);
      total += count;
    }
    if (total !== size) {
      throw new DatasetError('INVALID_OPTION', [
        `split: the sizes do not add up to the data set, got ${JSON.stringify(options.sizes)} = ${total}.`,
        `Expected a sum of ${size}.`,
        'Fix: add a part for the rest, or shorten the data set with takeExamples().',
      ]);
    }
    return options.sizes;
  }
  const { fraction } = options;
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new DatasetError('INVALID_OPTION', [
      `split: fraction is out of range, got ${fraction}.`,
      'Expected a number from 0 to 1, the share of the first part.',
    ]);
  }
  const first = Math.round(fraction * size);
  return [first, size - first];
}
