import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import { slice, transpose, writeRegion } from './movement.ts';
import { copyStrided } from './strided.ts';

/** How a filter moves: `padding` may be negative, which crops the image. */
export interface Motion {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

/** How an image is spread: zeros between its pixels and around it; negative padding crops. */
export interface Spread {
  /** Distance between neighbouring pixels, along height and width. */
  readonly factors: readonly [number, number];
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

/** Returns an NHWC image with zeros between its pixels and around it, or cropped. */
export function spread(scope: Scope, x: TfjsTensor, { factors, padding }: Spread): TfjsTensor {
  const axes = ([0, 1] as const).map((axis) => {
    const size = x.shape[axis + 1] ?? 1;
    const factor = factors[axis];
    const [before, after] = padding[axis];
    const to = (size - 1) * factor + 1 + before + after;
    // Pixels whose place lies inside; `from` is the first of them.
    const from = before < 0 ? Math.ceil(-before / factor) : 0;
    const last = Math.min(size - 1, Math.floor((to - 1 - before) / factor));
    return { to, from, start: before + from * factor, count: Math.max(0, last - from + 1), factor };
  });
  const [rows, columns] = axes as [Placement, Placement];
  const [batch = 1, , , channels = 1] = x.shape;
  const result = scope.allocate('float32', [batch, rows.to, columns.to, channels]);
  scope.view(result).fill(0);
  if (rows.count === 0 || columns.count === 0) return result;
  const inner = slice(scope, x, {
    starts: [0, rows.from, columns.from, 0],
    sizes: [batch, rows.count, columns.count, channels],
    steps: [1, 1, 1, 1],
  });
  writeRegion(scope, result, inner, {
    starts: [0, rows.start, columns.start, 0],
    steps: [1, rows.factor, columns.factor, 1],
  });
  return result;
}

interface Placement {
  readonly to: number;
  readonly from: number;
  readonly start: number;
  readonly count: number;
  readonly factor: number;
}

/** Returns an HWIO filter turned by 180°, with its channels exchanged: HWOI. */
export function flipFilter(scope: Scope, filter: TfjsTensor): TfjsTensor {
  const [height = 1, width = 1, inner = 1, outer = 1] = filter.shape;
  const turned = scope.allocate('float32', filter.shape);
  const taps = height * width;
  const size = inner * outer;
  copyStrided(
    { data: scope.view(turned), offset: 0, strides: [size, 1] },
    { data: scope.view(filter), offset: (taps - 1) * size, strides: [-size, 1] },
    [taps, size],
  );
  return transpose(scope, turned, [0, 1, 3, 2]);
}

/**
 * The image's gradient of a convolution by its definition: each tap adds what it saw to the pixel that it looked at. Slow, and right
 * for taps that are no numbers.
 */
export function scatterTaps(
  scope: Scope,
  dy: TfjsTensor,
  filter: TfjsTensor,
  { strides, dilations, padding }: Motion,
  [height, width]: readonly [number, number],
): TfjsTensor {
  const [batch = 1, rows = 1, columns = 1, outer = 1] = dy.shape;
  const [tapRows = 1, tapColumns = 1, inner = 1] = filter.shape;
  const result = scope.allocate('float32', [batch, height, width, inner]);
  const [to, from, taps] = [result, dy, filter].map((x) => scope.view(x)) as Float32Array[] as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  to.fill(0);
  const add = (pixel: number, seen: number, tap: number): void => {
    for (let i = 0; i < inner; i += 1) {
      let total = to[pixel + i] as number;
      for (let o = 0; o < outer; o += 1) {
        total += (from[seen + o] as number) * (taps[tap + i * outer + o] as number);
      }
      to[pixel + i] = total;
    }
  };
  for (let place = 0; place < batch * rows * columns; place += 1) {
    const n = Math.floor(place / (rows * columns));
    const top = (Math.floor(place / columns) % rows) * strides[0] - padding[0][0];
    const left = (place % columns) * strides[1] - padding[1][0];
    for (let tap = 0; tap < tapRows * tapColumns; tap += 1) {
      const y = top + Math.floor(tap / tapColumns) * dilations[0];
      const x = left + (tap % tapColumns) * dilations[1];
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      add(((n * height + y) * width + x) * inner, place * outer, tap * inner * outer);
    }
  }
  return result;
}
