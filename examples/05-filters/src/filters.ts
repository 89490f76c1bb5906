import type { HostTensorOf } from '@etalon/core';

/** Numbers in rows. */
export type Grid = readonly (readonly number[])[];

/** Filters of three by three, correlated with an image as networks do. */
export const filters: Readonly<Record<FilterName, Grid>> = {
  identity: [
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ],
  blur: [
    [1 / 16, 2 / 16, 1 / 16],
    [2 / 16, 4 / 16, 2 / 16],
    [1 / 16, 2 / 16, 1 / 16],
  ],
  sharpen: [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ],
  edge: [
    [-1, -1, -1],
    [-1, 8, -1],
    [-1, -1, -1],
  ],
};

/** Names of the filters. */
export type FilterName = 'identity' | 'blur' | 'sharpen' | 'edge';

/** A filter that answers to a cross, and an image of five by five to move it over. */
export const walk: { readonly image: Grid; readonly filter: Grid } = {
  image: [
    [1, 1, 1, 0, 0],
    [0, 1, 1, 1, 0],
    [0, 0, 1, 1, 1],
    [0, 0, 1, 1, 0],
    [0, 1, 1, 0, 0],
  ],
  filter: [
    [1, 0, 1],
    [0, 1, 0],
    [1, 0, 1],
  ],
};

/** A grid as an image of one channel, `[1, height, width, 1]`. */
export function imageOf(grid: Grid): HostTensorOf<'float32'> {
  return {
    dtype: 'float32',
    shape: [1, grid.length, grid[0]?.length ?? 0, 1],
    data: Float32Array.from(grid.flat()),
  };
}

/** A grid as a filter of one channel, `[height, width, 1, 1]`. */
export function filterOf(grid: Grid): HostTensorOf<'float32'> {
  return { ...imageOf(grid), shape: [grid.length, grid[0]?.length ?? 0, 1, 1] };
}
