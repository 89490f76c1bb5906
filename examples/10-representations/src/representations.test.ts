import { describe, expect, it } from 'vitest';
import { loadDigits, wholeOf } from './digits.ts';
import { drawOfEach, halvesOf } from './few-digits.ts';
import { runRepresentations } from './representations.ts';

describe('representations', () => {
  it('squeeze digits better than lines do, and stay as they are where they are frozen', async () => {
    const command = { backend: 'onnxruntime-cpu', budget: 'small' } as const;
    const { results, picture } = await runRepresentations(command, () => undefined);
    const { codes, fineTuning } = results;
    expect(codes.componentsError).toBeLessThan(0.5 * codes.meanError);
    expect(codes.error).toBeLessThan(0.9 * codes.componentsError);
    expect(codes.exportDifference.encoder).toBeLessThan(1e-5);
    expect(codes.exportDifference.decoder).toBeLessThan(1e-5);
    const { scratch, frozen, whole } = fineTuning;
    expect(fineTuning.firstTask).toBeGreaterThan(0.95);
    // By chance: 0.2. That frozen layers find more than new ones shows with the full budget.
    for (const way of [scratch, frozen, whole]) expect(way.mean).toBeGreaterThan(0.7);
    expect(fineTuning.frozenChanged).toBe(0);
    // All but 5 x 5 x 4 + 4 and 5 x 5 x 4 x 8 + 8.
    expect(scratch.trained - frozen.trained).toBe(104 + 808);
    expect(fineTuning.exportDifference).toBeLessThan(1e-5);
    expect(picture).toMatchObject({ width: 12 * 57 + 1, height: 3 * 57 + 1 });
  }, 240_000);
});

describe('few digits', () => {
  it('are as many of each, and none of the others', async () => {
    const { training } = await loadDigits(2000);
    const { low, high } = halvesOf(training);
    expect(low.size + high.size).toBe(2000);
    const few = drawOfEach(high, 7, 3);
    const { image, label } = wholeOf(few);
    const all = wholeOf(training);
    expect([...label.data].sort()).toEqual([0, 1, 2, 3, 4].flatMap((each) => Array(7).fill(each)));
    // Each is an image of the training whose digit is five more.
    const rows = Array.from({ length: 2000 }, (_, at) =>
      all.image.data.subarray(784 * at, 784 * at + 784).join(),
    );
    for (const [at, digit] of label.data.entries()) {
      const place = rows.indexOf(image.data.subarray(784 * at, 784 * at + 784).join());
      expect(all.label.data[place]).toBe(digit + 5);
    }
    expect(wholeOf(drawOfEach(high, 7, 4))).not.toEqual(wholeOf(few));
  });
});
