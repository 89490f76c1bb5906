import type { HostTensorOf } from '@etalon/core';
import { normal, randomKey, uniform } from '@etalon/core';

/** A line `y = slope · x + bias`. */
export interface Line {
  readonly slope: number;
  readonly bias: number;
}

/** Points around a line. */
export interface Points {
  readonly x: HostTensorOf<'float32'>;
  readonly y: HostTensorOf<'float32'>;
}

const count = 40;

/** Draws points around `y = 1.5 x - 0.5`, the same ones each time. */
export function drawPoints(): Points {
  const x = uniform({ low: -1, high: 2 }).sample(randomKey(1), [count]);
  const noise = normal({ standardDeviation: 0.3 }).sample(randomKey(2), [count]);
  const y = x.map((value, at) => 1.5 * value - 0.5 + (noise[at] ?? 0));
  return {
    x: { dtype: 'float32', shape: [count], data: Float32Array.from(x) },
    y: { dtype: 'float32', shape: [count], data: Float32Array.from(y) },
  };
}

/** The surface of the mean squared error, a paraboloid: its lowest point and how it rises. */
export interface Surface {
  readonly best: Line;
  readonly lowest: number;
  /** Mean of x squared, and of x: the loss rises by `xx·s² + 2·x·s·b + b²` for a step `(s, b)` away from the best line. */
  readonly rise: { readonly xx: number; readonly x: number };
}

/** Solves the normal equations, in float64. */
export function solve({ x, y }: Points): Surface {
  const pairs = [...x.data].map((value, at): [number, number] => [value, y.data[at] ?? 0]);
  const mean = (of: (x: number, y: number) => number): number =>
    pairs.reduce((sum, [a, b]) => sum + of(a, b), 0) / pairs.length;
  const [meanX, meanY, xx] = [mean((a) => a), mean((_, b) => b), mean((a) => a * a)];
  const slope = (mean((a, b) => a * b) - meanX * meanY) / (xx - meanX ** 2);
  const bias = meanY - slope * meanX;
  return {
    best: { slope, bias },
    lowest: mean((a, b) => (slope * a + bias - b) ** 2),
    rise: { xx, x: meanX },
  };
}

/** How far the loss of a line is above the lowest. */
export function heightOf({ best, rise }: Surface, { slope, bias }: Line): number {
  const [s, b] = [slope - best.slope, bias - best.bias];
  return rise.xx * s * s + 2 * rise.x * s * b + b * b;
}

/** Points of the curve where the loss is so much above its lowest: an ellipse around the best line. */
export function levelCurve(surface: Surface, above: number): readonly Line[] {
  const { best } = surface;
  const angles = Array.from({ length: 49 }, (_, at) => (at / 48) * 2 * Math.PI);
  return angles.map((angle) => {
    const [s, b] = [Math.cos(angle), Math.sin(angle)];
    const once = heightOf(surface, { slope: best.slope + s, bias: best.bias + b });
    const scale = Math.sqrt(above / once);
    return { slope: best.slope + scale * s, bias: best.bias + scale * b };
  });
}
