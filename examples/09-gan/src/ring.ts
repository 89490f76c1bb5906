import type { HostTensor, Tensor } from '@etalon/core';
import { add, concat, cos, floor, mul, randomNormal, randomUniform, sin } from '@etalon/core';

/** Eight gaussians on a circle. */
export const ring = { modes: 8, radius: 2, deviation: 0.05 } as const;

/** Draws points of the ring inside a program: `[count, 2]`. */
export function drawPoints(count: number): Tensor {
  const mode = floor(mul(randomUniform([count, 1], { stream: 'mode' }), ring.modes));
  const angle = mul(mode, (2 * Math.PI) / ring.modes);
  const center = mul(concat([cos(angle), sin(angle)], { axis: 1 }), ring.radius);
  return add(center, mul(randomNormal([count, 2], { stream: 'point' }), ring.deviation));
}

/** How samples compare with the ring. */
export interface RingResult {
  /** Share of all samples within three deviations of a mode. */
  readonly near: number;
  /** Share of all samples that are within three deviations of each mode. */
  readonly modes: readonly number[];
}

/** Counts the samples near each mode. */
export function judgePoints({ data }: HostTensor): RingResult {
  const counts = new Array<number>(ring.modes).fill(0);
  const total = data.length / 2;
  for (let at = 0; at < total; at++) {
    const [x = 0, y = 0] = [data[2 * at], data[2 * at + 1]].map(Number);
    const turn = (Math.atan2(y, x) / (2 * Math.PI)) * ring.modes;
    const mode = (Math.round(turn) + ring.modes) % ring.modes;
    const angle = (mode / ring.modes) * 2 * Math.PI;
    const distance = Math.hypot(
      x - ring.radius * Math.cos(angle),
      y - ring.radius * Math.sin(angle),
    );
    if (distance <= 3 * ring.deviation) counts[mode] = (counts[mode] ?? 0) + 1;
  }
  const modes = counts.map((count) => count / total);
  return { near: modes.reduce((sum, share) => sum + share, 0), modes };
}
