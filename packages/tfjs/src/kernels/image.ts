import type { TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import { slice, transpose, writeRegion } from './movement.ts';
import { copyStrided } from './strided.ts';

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
