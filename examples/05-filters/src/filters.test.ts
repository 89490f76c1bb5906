import { backendNames } from '@etalon/examples-shared';
import { describe, expect, it } from 'vitest';
import { runFilters } from './run-filters.ts';

describe.each(backendNames)('filters on %s', (backend) => {
  it('give the numbers that are worked out by hand', async () => {
    const { results, picture } = await runFilters({ backend });
    const { walk, filters, pooling } = results;
    expect(walk.valid.output).toEqual([
      [4, 3, 4],
      [2, 4, 3],
      [2, 3, 4],
    ]);
    // Zeros around keep the size, and what was inside.
    expect(walk.same.output).toHaveLength(5);
    expect(walk.same.output.slice(1, 4).map((row) => row.slice(1, 4))).toEqual(walk.valid.output);
    expect(walk.same.output[0]).toEqual([2, 2, 3, 1, 1]);
    expect(filters.identity.output.slice(1, 4)).toEqual([
      [0, 0, 0, 0, 0, 0, 0],
      [0, 0, 1, 1, 1, 0, 0],
      [0, 0, 1, 1, 1, 0, 0],
    ]);
    expect(filters.blur.output[1]).toEqual([0, 1, 3, 4, 3, 1, 0].map((part) => part / 16));
    expect(filters.blur.output[3]).toEqual([0, 4, 12, 16, 12, 4, 0].map((part) => part / 16));
    expect(filters.sharpen.output[2]).toEqual([0, -1, 3, 2, 3, -1, 0]);
    // Nothing inside the square, where all is alike.
    expect(filters.edge.output[3]).toEqual([0, -3, 3, 0, 3, -3, 0]);
    expect(pooling.max.output).toEqual([
      [4, 2],
      [5, 9],
    ]);
    expect(pooling.average.output).toEqual([
      [2.5, 1],
      [2, 6],
    ]);
    for (const { exportDifference } of [walk.valid, filters.blur, pooling.max]) {
      expect(exportDifference).toBeLessThan(1e-6);
    }
    expect(picture).toMatchObject({ width: 4 * 85 + 1, height: 86 });
  }, 60_000);
});
