import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectDatasetError, int32 } from '../test/support.ts';
import type { Dataset, FieldType } from './dataset.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import { shuffledIndices } from './shuffle.ts';
import { split } from './split.ts';

type Numbers = Dataset<{ readonly x: FieldType<'int32'> }>;

function range(size: number): Numbers {
  return datasetFromTensors({ x: int32(Array.from({ length: size }, (_, i) => i)) });
}

function values(dataset: Numbers): readonly number[] {
  return Array.from(dataset.gather(Uint32Array.from({ length: dataset.size }, (_, i) => i)).x.data);
}

const seeds = fc.option(fc.nat(), { nil: undefined });

describe('split', () => {
  it('puts each example into exactly one part of the size asked for', () => {
    const lists = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lists, seeds, (sizes, seed) => {
        const size = sizes.reduce((sum, count) => sum + count, 0);
        const options = seed === undefined ? { sizes } : { sizes, seed };
        const parts = split(range(size), options);
        expect(parts.map((part) => part.size)).toEqual(sizes);
        expect(parts.flatMap(values).sort((a, b) => a - b)).toEqual(values(range(size)));
      }),
    );
  });

  it('divides by a fraction of every size without losing an example', () => {
    const fractions = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat({ max: 50 }), fractions, seeds, (size, fraction, seed) => {
        const [first, second] = split(
          range(size),
          seed === undefined ? { fraction } : { fraction, seed },
        );
        expect(Math.abs(first.size - fraction * size)).toBeLessThanOrEqual(0.5);
        expect([...values(first), ...values(second)].sort((a, b) => a - b)).toEqual(
          values(range(size)),
        );
      }),
    );
  });

  it('rounds a size that binary fractions miss: 0.29 of 100 is 29', () => {
    expect(split(range(100), { fraction: 0.29 })[0].size).toBe(29);
  });

  it('keeps the order without a seed and shuffles with one', () => {
    const [first, second] = split(range(6), { sizes: [4, 2] });
    expect([values(first), values(second)]).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ]);
    const [shuffled, rest] = split(range(6), { fraction: 0.5, seed: 9 });
    expect([...values(shuffled), ...values(rest)]).toEqual(
      Array.from(shuffledIndices(6, { seed: 9 })),
    );
  });

  it.each([-0.1, 1.1, Number.NaN])('rejects the fraction %d', (fraction) => {
    expectDatasetError(
      () => split(range(3), { fraction }),
      'INVALID_OPTION',
      /^split: fraction is out of range, got .*\nExpected a number from 0 to 1/,
    );
  });

  it('rejects sizes that do not add up, with the sum', () => {
    expectDatasetError(
      () => split(range(10), { sizes: [5, 4] }),
      'INVALID_OPTION',
      /got \[5,4\] = 9\.\nExpected a sum of 10/,
    );
  });

  it('rejects a negative size even if the sum is right', () => {
    expectDatasetError(
      () => split(range(3), { sizes: [4, -1] }),
      'INVALID_OPTION',
      /^split: sizes\[1\] is out of range, got -1/,
    );
  });

  it('rejects a bad seed', () => {
    expectDatasetError(
      () => split(range(3), { fraction: 0.5, seed: -1 }),
      'INVALID_OPTION',
      /seed is out of range, got -1/,
    );
  });
});
