import { describe, expect, it } from 'vitest';
import { runGan } from './gan.ts';
import { judgePoints, ring } from './ring.ts';

describe('a generator against a discriminator', () => {
  it('finds all eight modes of the ring', async () => {
    const lines: string[] = [];
    const command = { backend: 'onnxruntime-cpu', budget: 'small' } as const;
    const { ring: found } = await runGan(command, (line) => lines.push(line));
    // Points spread evenly over the square around the ring are near a mode in 2.8 % of cases.
    expect(found.near).toBeGreaterThan(0.3);
    expect(Math.min(...found.modes)).toBeGreaterThan(0.02);
    expect(found.exportDifference).toBeLessThan(1e-5);
    expect(lines).toHaveLength(10);
  }, 120_000);
});

describe('judging points', () => {
  it('counts those within three deviations of each mode', () => {
    const at = (turn: number, radius: number): number[] => [
      radius * Math.cos(turn * 2 * Math.PI),
      radius * Math.sin(turn * 2 * Math.PI),
    ];
    const inside = ring.radius + 2.9 * ring.deviation;
    const outside = ring.radius + 3.1 * ring.deviation;
    const points = [at(0, inside), at(7 / 8, ring.radius), at(-1 / 8, outside), at(1 / 16, 2)];
    const data = Float32Array.from(points.flat());
    const { near, modes } = judgePoints({ dtype: 'float32', shape: [4, 2], data });
    expect(near).toBe(0.5);
    expect(modes).toEqual([0.25, 0, 0, 0, 0, 0, 0, 0.25]);
  });
});
