import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../test/goldens/shuffle.json' with { type: 'json' };
import { expectDatasetError, int32 } from '../test/support.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import { shuffle, shuffledIndices } from './shuffle.ts';

const sizes = fc.integer({ min: 0, max: 300 });
const seeds = fc.integer({ min: 0, max: 4294967295 });

describe('shuffledIndices', () => {
  it.each(golden.small)('equals the order made with NumPy: size $size, seed $seed', (expected) => {
    const order = shuffledIndices(expected.size, { seed: expected.seed });
    expect(Array.from(order)).toEqual(expected.indices);
  });

  it.each(golden.large)('equals the order made with NumPy: size $size, seed $seed', (expected) => {
    const order = shuffledIndices(expected.size, { seed: expected.seed });
    const bytes = new DataView(new ArrayBuffer(4 * order.length));
    order.forEach((index, position) => {
      bytes.setUint32(4 * position, index, true);
    });
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(expected.sha256);
  });

  it('is a permutation', () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const order = shuffledIndices(size, { seed });
        expect(Array.from(order.toSorted())).toEqual(Array.from({ length: size }, (_, i) => i));
      }),
    );
  });

  it('depends on the seed alone', () => {
    const order = shuffledIndices(100, { seed: 5 });
    expect(shuffledIndices(100, { seed: 5 })).toEqual(order);
    expect(shuffledIndices(100, { seed: 6 })).not.toEqual(order);
  });

  it('gives all orders of four with equal frequency', () => {
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let seed = 0; seed < draws; seed += 1) {
      const key = shuffledIndices(4, { seed }).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const expected = draws / 24;
    const observed = [...counts.values()];
    const chiSquare = observed.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(observed).toHaveLength(24);
    // The 0.999 quantile of chi-square with 23 degrees of freedom.
    expect(chiSquare).toBeLessThan(49.728);
  });

  it('moves each index to each place with equal frequency', () => {
    const size = 10;
    const draws = 10_000;
    const counts = new Float64Array(size * size);
    for (let seed = 0; seed < draws; seed += 1) {
      shuffledIndices(size, { seed: seed * 429_496 }).forEach((index, place) => {
        counts[index * size + place] = (counts[index * size + place] ?? 0) + 1;
      });
    }
    const expected = draws / size;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 0.999 quantile of chi-square with (10 - 1)² degrees of freedom.
    expect(chiSquare).toBeLessThan(126.083);
  });

  it.each([-1, 0.5, 4294967296, Number.NaN])('rejects the seed %d', (seed) => {
    expectDatasetError(
      () => shuffledIndices(3, { seed }),
      'INVALID_OPTION',
      /^shuffledIndices: seed is out of range, .*\nExpected an integer from 0 to 4294967295\.$/,
    );
  });

  it('rejects an impossible size', () => {
    expectDatasetError(
      () => shuffledIndices(-1, { seed: 0 }),
      'INVALID_OPTION',
      /size is out of range, got -1/,
    );
  });
});

describe('shuffle', () => {
  it('puts the examples into the order of shuffledIndices', () => {
    const dataset = datasetFromTensors({ x: int32([10, 11, 12, 13, 14]) });
    const shuffled = shuffle(dataset, { seed: 3 });
    const { x } = shuffled.gather(new Uint32Array([0, 1, 2, 3, 4]));
    const expected = Array.from(shuffledIndices(5, { seed: 3 }), (index) => index + 10);
    expect(Array.from(x.data)).toEqual(expected);
  });
});
