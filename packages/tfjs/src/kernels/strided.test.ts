import { describe, expect, it } from 'vitest';
import { broadcastStrides, copyStrided, rowMajorStrides, sizeOf } from './strided.ts';

function numbered(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}

describe('copyStrided', () => {
  it('transposes', () => {
    const to = new Int32Array(24);
    copyStrided(
      { data: to, offset: 0, strides: rowMajorStrides([4, 2, 3]) },
      { data: numbered(24), offset: 0, strides: [1, 12, 4] },
      [4, 2, 3],
    );
    // element [k, i, j] is element [i, j, k] of [2, 3, 4]
    expect([...to.subarray(0, 6)]).toEqual([0, 4, 8, 12, 16, 20]);
    expect(to[23]).toBe(23);
  });

  it('repeats along axes of stride 0, short and long', () => {
    for (const length of [3, 40]) {
      const to = new Int32Array(2 * length);
      copyStrided(
        { data: to, offset: 0, strides: [length, 1] },
        { data: Int32Array.of(7, 8), offset: 0, strides: [1, 0] },
        [2, length],
      );
      expect([...to]).toEqual([...Array(length).fill(7), ...Array(length).fill(8)]);
    }
  });

  it('walks backwards', () => {
    const to = new Int32Array(6);
    copyStrided(
      { data: to, offset: 0, strides: [2, 1] },
      { data: numbered(6), offset: 4, strides: [-2, 1] },
      [3, 2],
    );
    expect([...to]).toEqual([4, 5, 2, 3, 0, 1]);
  });

  it('copies a single element of a scalar', () => {
    const to = new Int32Array(1);
    copyStrided(
      { data: to, offset: 0, strides: [] },
      { data: Int32Array.of(1, 5), offset: 1, strides: [] },
      [],
    );
    expect(to[0]).toBe(5);
  });

  it('leaves elements between strides alone', () => {
    const to = new Int32Array(5).fill(-1);
    copyStrided(
      { data: to, offset: 1, strides: [2] },
      { data: numbered(2), offset: 0, strides: [1] },
      [2],
    );
    expect([...to]).toEqual([-1, 0, -1, 1, -1]);
  });
});

describe('strides', () => {
  it('are 0 where a shape stretches', () => {
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect(broadcastStrides([], [2])).toEqual([0]);
  });

  it('are products of the inner sizes', () => {
    expect(rowMajorStrides([2, 3, 4])).toEqual([12, 4, 1]);
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeOf([])).toBe(1);
  });
});
