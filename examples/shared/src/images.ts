import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { encode } from 'fast-png';

/** A grey picture, a byte for each pixel, row by row. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** How pictures are put beside each other. */
export interface GridOptions {
  /** Size of each. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** Pixels of the grid along each pixel of a picture. */
  readonly scale: number;
}

/** Puts pictures, each with brightness from 0 to 1 row by row, beside and below each other with a dark line between. */
export function imageGrid(
  pictures: readonly (readonly number[])[],
  { width, height, columns, scale }: GridOptions,
): GrayImage {
  const cell = { width: width * scale + 1, height: height * scale + 1 };
  const size = {
    width: columns * cell.width + 1,
    height: Math.ceil(pictures.length / columns) * cell.height + 1,
  };
  const data = new Uint8Array(size.width * size.height);
  for (const [at, picture] of pictures.entries()) {
    const left = 1 + (at % columns) * cell.width;
    const top = 1 + Math.floor(at / columns) * cell.height;
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const value = picture[Math.floor(y / scale) * width + Math.floor(x / scale)] ?? 0;
        data[(top + y) * size.width + left + x] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
    }
  }
  return { ...size, data };
}

/** Writes a picture as PNG. */
export function writePng(file: string, { width, height, data }: GrayImage): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, encode({ width, height, data, channels: 1, depth: 8 }));
}
