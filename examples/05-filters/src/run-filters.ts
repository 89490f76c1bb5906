import { imagesToFloat, mnistSample } from '@etalon/datasets';
import type { ExampleCommand, GrayImage } from '@etalon/examples-shared';
import { createBackend, imageGrid } from '@etalon/examples-shared';
import type { Filtered } from './convolve.ts';
import { convolve, pool } from './convolve.ts';
import type { FilterName, Grid } from './filters.ts';
import { filters, walk } from './filters.ts';

/** What the example finds. */
export interface FilterResults {
  readonly backend: string;
  /** The cross moved over an image of five by five: inside it, and with zeros around it. */
  readonly walk: { readonly valid: Filtered; readonly same: Filtered };
  /** The classic filters on a bright square of three by three in the dark, size kept. */
  readonly filters: Readonly<Record<FilterName, Filtered>>;
  readonly pooling: { readonly max: Filtered; readonly average: Filtered };
}

const square: Grid = Array.from({ length: 7 }, (_, y) =>
  Array.from({ length: 7 }, (_, x) => (Math.max(Math.abs(y - 3), Math.abs(x - 3)) <= 1 ? 1 : 0)),
);

const pooled: Grid = [
  [1, 3, 2, 1],
  [4, 2, 0, 1],
  [5, 1, 9, 7],
  [2, 0, 6, 2],
];

const names: readonly FilterName[] = ['identity', 'blur', 'sharpen', 'edge'];

/** Runs the example; the picture shows a digit through each filter. */
export async function runFilters({ backend: name }: Pick<ExampleCommand, 'backend'>): Promise<{
  readonly results: FilterResults;
  readonly picture: GrayImage;
}> {
  const backend = await createBackend(name);
  try {
    const classic: [FilterName, Filtered][] = [];
    const seen: (readonly number[])[] = [];
    const digit = await firstDigit();
    for (const filter of names) {
      classic.push([filter, await convolve(backend, square, filters[filter], 'same')]);
      const { output } = await convolve(backend, digit, filters[filter], 'same');
      seen.push(output.flat());
    }
    const results = {
      backend: name,
      walk: {
        valid: await convolve(backend, walk.image, walk.filter, 'valid'),
        same: await convolve(backend, walk.image, walk.filter, 'same'),
      },
      filters: Object.fromEntries(classic) as FilterResults['filters'],
      pooling: {
        max: await pool(backend, pooled, 'max'),
        average: await pool(backend, pooled, 'average'),
      },
    };
    const picture = imageGrid(seen, { width: 28, height: 28, columns: names.length, scale: 3 });
    return { results, picture };
  } finally {
    await backend.dispose();
  }
}

async function firstDigit(): Promise<Grid> {
  const { image } = await imagesToFloat(mnistSample().train).gather(Uint32Array.of(0));
  return Array.from({ length: 28 }, (_, row) =>
    [...image.data.subarray(28 * row, 28 * (row + 1))].map(Number),
  );
}
