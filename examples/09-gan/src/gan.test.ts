import { defineProgram, tensor } from '@etalon/core';
import { createBackend } from '@etalon/examples-shared';
import { describe, expect, it } from 'vitest';
import { edgesOf } from './edges.ts';
import { frechetDistance } from './frechet.ts';
import { runGan } from './gan.ts';
import { judgePoints, ring } from './ring.ts';
import { runInParts } from './run-in-parts.ts';

describe('generators against discriminators', () => {
  it('find all eight modes of the ring, and learn about digits', async () => {
    const lines: string[] = [];
    const command = { backend: 'onnxruntime-cpu', budget: 'small' } as const;
    const { results, pictures } = await runGan(command, (line) => lines.push(line));
    const { ring: found, digits } = results;
    // Points spread evenly over the square around the ring are near a mode in 2.8 % of cases.
    expect(found.near).toBeGreaterThan(0.3);
    expect(Math.min(...found.modes)).toBeGreaterThan(0.02);
    expect(found.exportDifference).toBeLessThan(1e-5);
    expect(digits.classifier.accuracy).toBeGreaterThan(0.9);
    expect(digits.real.confident).toBeGreaterThan(0.6);
    const { plain, edges } = digits.games;
    for (const game of Object.values(digits.games)) {
      expect(game.exportDifference).toBeLessThan(1e-5);
      expect(game.distance).toBeGreaterThan(2 * digits.real.distance);
      expect(game.classes.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    }
    // Edges say much about a digit: what is made of them is soon more like digits than what is made of noise.
    expect(edges.distance).toBeLessThan(plain.distance / 2);
    expect(edges.right).toBeGreaterThan(0.3);
    // A grey image is half of the brightness away in each pixel.
    expect(digits.pixelError.filled).toBeLessThan(0.25);
    expect(pictures.edges).toMatchObject({ width: 20 * 29 + 1, height: 3 * 29 + 1 });
  }, 240_000);
});

describe('edges', () => {
  it('are what is bright beside what is dark', async () => {
    const picture = ['.....', '.###.', '.###.', '.###.', '.....'];
    const data = Float32Array.from(picture.join(''), (pixel) => (pixel === '#' ? 0.8 : 0.3));
    const { program } = defineProgram({ image: tensor('float32', [1, 5, 5, 1]) }, ({ image }) => ({
      edges: edgesOf(image),
    }));
    const image = { dtype: 'float32', shape: [1, 5, 5, 1], data } as const;
    const { edges } = await runInParts(await createBackend('reference'), program, { image });
    const rows = [0, 1, 2, 3, 4].map((row) =>
      Array.from(edges?.data.subarray(5 * row, 5 * row + 5) ?? [], (edge) => '.#'[Number(edge)]),
    );
    expect(rows.map((row) => row.join(''))).toEqual(['.....', '.###.', '.#.#.', '.###.', '.....']);
  });
});

describe('Fréchet distance', () => {
  const features = (data: readonly number[], count: number) =>
    ({
      dtype: 'float32',
      shape: [count, data.length / count],
      data: Float32Array.from(data),
    }) as const;

  it('is 0 for the same features, and the square of how far they are moved', () => {
    const some = [1, 2, 0, 5, -1, 3, 2, 2];
    expect(frechetDistance(features(some, 4), features(some, 4))).toBeCloseTo(0, 9);
    const moved = some.map((value, at) => value + (at % 2 === 0 ? 3 : 4));
    expect(frechetDistance(features(some, 4), features(moved, 4))).toBeCloseTo(25, 6);
  });

  it('is the square of how much wider one is, along each axis', () => {
    // Along axes that are not those of the features.
    const turned = (a: number, b: number): number[] =>
      [
        [a, 0],
        [-a, 0],
        [0, b],
        [0, -b],
      ].flatMap(([x = 0, y = 0]) => [0.6 * x - 0.8 * y, 0.8 * x + 0.6 * y]);
    const scale = Math.sqrt(2 / 3);
    const distance = frechetDistance(features(turned(1, 2), 4), features(turned(3, 1), 4));
    expect(distance).toBeCloseTo(scale ** 2 * ((3 - 1) ** 2 + (2 - 1) ** 2), 5);
  });
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
