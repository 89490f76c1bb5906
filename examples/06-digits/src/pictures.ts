import type { HostTensor } from '@etalon/core';
import type { GrayImage } from '@etalon/examples-shared';
import { imageGrid } from '@etalon/examples-shared';

/** Kernels `[height, width, 1, filters]` as a row of pictures: grey is nothing, white adds, black takes away. */
export function filterPicture(kernel: HostTensor): GrayImage {
  const largest = [...kernel.data].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const [height = 1, width = 1, , filters = 1] = kernel.shape;
  return imageGrid(
    slicesOf(kernel, filters, height * width, (value) => (0.5 * value) / largest + 0.5),
    { width, height, columns: filters, scale: 6 },
  );
}

/** Maps `[images, height, width, filters]`: a row for each image, a column for each filter, each map as bright as its brightest. */
export function mapPicture({ shape, data }: HostTensor): GrayImage {
  const [images = 1, height = 1, width = 1, filters = 1] = shape;
  const size = height * width * filters;
  const rows = Array.from({ length: images }, (_, at) => {
    const image = [...data.subarray(at * size, (at + 1) * size)];
    const maps = { shape: [height, width, filters], data: image };
    return slicesOf(maps, filters, height * width, (value, brightest) => value / brightest);
  });
  return imageGrid(rows.flat(), { width, height, columns: filters, scale: 1 });
}

type Elements = { readonly data: ArrayLike<number> };

/** Cuts along the last axis. */
function slicesOf(
  { data }: Elements,
  count: number,
  pixels: number,
  shade: (value: number, largest: number) => number,
): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_, slice) => {
    const values = Array.from({ length: pixels }, (_, at) => data[at * count + slice] ?? 0);
    const largest = Math.max(...values, 2 ** -126);
    return values.map((value) => shade(value, largest));
  });
}
