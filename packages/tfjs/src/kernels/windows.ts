import type { PoolingAttributes } from '@etalon/spec';

/** A pooling over images: NHWC shapes of both sides. */
export interface Geometry {
  readonly image: readonly number[];
  readonly output: readonly number[];
  readonly attributes: PoolingAttributes;
}

/** The part of a window that lies in the image; reused between calls. */
export interface Window {
  /** Offset of its first element of channel 0. */
  first: number;
  rows: number;
  columns: number;
  /** Distance between its rows. */
  readonly rowStride: number;
  readonly channels: number;
}

/**
 * Calls `visit` for each place of a window, with the offset of the result's first channel there: windows of all
 * channels lie side by side in memory.
 */
export function forEachWindow(
  { image, output, attributes }: Geometry,
  visit: (outputAt: number, window: Window) => void,
): void {
  const [batch = 1, height = 1, width = 1, channels = 1] = image;
  const [, outputHeight = 1, outputWidth = 1] = output;
  const { windowSize, strides, padding } = attributes;
  const rowStride = width * channels;
  const window: Window = { first: 0, rows: 0, columns: 0, rowStride, channels };
  let outputAt = 0;
  for (let n = 0; n < batch; n += 1) {
    for (let oh = 0; oh < outputHeight; oh += 1) {
      const corner = oh * strides[0] - padding[0][0];
      const top = Math.max(corner, 0);
      window.rows = Math.min(corner + windowSize[0], height) - top;
      for (let ow = 0; ow < outputWidth; ow += 1) {
        const side = ow * strides[1] - padding[1][0];
        const left = Math.max(side, 0);
        window.columns = Math.min(side + windowSize[1], width) - left;
        window.first = ((n * height + top) * width + left) * channels;
        visit(outputAt, window);
        outputAt += channels;
      }
    }
  }
}

/**
 * Calls `visit` for each element of the result, with the offset of its window's first maximum in row-major order; the
 * first NaN counts as the maximum.
 */
export function firstMaxima(
  image: Float32Array,
  geometry: Geometry,
  visit: (outputAt: number, place: number) => void,
): void {
  forEachWindow(geometry, (outputAt, { first, rows, columns, rowStride, channels }) => {
    for (let channel = 0; channel < channels; channel += 1) {
      let place = first + channel;
      let best = image[place] as number;
      for (let row = 0; row < rows; row += 1) {
        let at = first + channel + row * rowStride;
        for (let column = 0; column < columns; column += 1, at += channels) {
          const x = image[at] as number;
          // Not `x <= best` is also true of a NaN, which the first one ends.
          if (!(x <= best) && !Number.isNaN(best)) {
            best = x;
            place = at;
          }
        }
      }
      visit(outputAt + channel, place);
    }
  });
}
