import type { HostTensor } from '@etalon/core';
import type { GrayImage } from '@etalon/examples-shared';
import { imageGrid } from '@etalon/examples-shared';
import type { DigitsRun } from './digits.ts';

/** What the generators make, by the names of the files. */
export interface Pictures {
  readonly plain: GrayImage;
  readonly digits: GrayImage;
  /** A column for each digit that was asked for. */
  readonly asked: GrayImage;
  /** Edges, what is made of them, and what they are of. */
  readonly edges: GrayImage;
}

const columns = 20;

/** Puts the first images of each generator side by side. */
export function picturesOf(images: DigitsRun['images']): Pictures {
  const grid = (...rows: readonly (readonly (readonly number[])[])[]): GrayImage =>
    imageGrid(rows.flat(), { width: 28, height: 28, columns, scale: 1 });
  return {
    plain: grid(first(images.plain, 2 * columns)),
    digits: grid(first(images.digits, 4 * columns)),
    asked: grid(first(images.asked, 4 * columns)),
    edges: grid(
      first(images.outlines, columns),
      first(images.edges, columns),
      first(images.real, columns),
    ),
  };
}

function first({ data }: HostTensor, count: number): readonly (readonly number[])[] {
  const size = 28 * 28;
  return Array.from({ length: count }, (_, at) => [...data.subarray(at * size, (at + 1) * size)]);
}
