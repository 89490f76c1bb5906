import { describe, expect, it } from 'vitest';
import { runDigits } from './digits.ts';
import { filterPicture, mapPicture } from './pictures.ts';

describe('images', () => {
  it('of digits and of clothes are told apart after a few seconds', async () => {
    const command = { backend: 'onnxruntime-cpu', budget: 'small' } as const;
    const { results, pictures } = await runDigits(command, () => undefined);
    // By chance: 0.1.
    expect(results.digits.accuracy).toBeGreaterThan(0.9);
    expect(results.clothes.accuracy).toBeGreaterThan(0.65);
    for (const { exportDifference, validation } of [results.digits, results.clothes]) {
      expect(exportDifference).toBeLessThan(1e-5);
      expect(validation).toHaveLength(3);
    }
    expect(pictures.filters).toMatchObject({ width: 8 * 31 + 1, height: 32 });
    expect(pictures.maps).toMatchObject({ width: 8 * 29 + 1, height: 8 * 29 + 1 });
  }, 240_000);
});

describe('pictures', () => {
  it('show kernels from black to white, side by side', () => {
    const data = Float32Array.of(1, 0, -0.5, 0.5);
    const {
      width,
      height,
      data: pixels,
    } = filterPicture({
      dtype: 'float32',
      shape: [1, 2, 1, 2],
      data,
    });
    expect([width, height]).toEqual([2 * 13 + 1, 8]);
    // Filter 0 has 1 and -0.5, filter 1 has 0 and 0.5.
    const row = 3 * width;
    expect([1, 7, 14, 20].map((x) => pixels[row + x])).toEqual([255, 64, 128, 191]);
    expect([0, 13, 26].map((x) => pixels[row + x])).toEqual([0, 0, 0]);
  });

  it('show each map as bright as its brightest', () => {
    const { width, data: pixels } = mapPicture({
      dtype: 'float32',
      shape: [1, 1, 2, 2],
      data: Float32Array.of(2, 0, 4, 0),
    });
    expect(width).toBe(7);
    expect([...pixels.subarray(7, 14)]).toEqual([0, 128, 255, 0, 0, 0, 0]);
  });
});
