import type { BackendV1 } from '@etalon/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scoredBothWays, writtenBothWays } from '../../../core/test/support/both-ways.ts';
import { writerOf, writers } from '../../../core/test/support/writers.ts';
import { tfjsEngines } from '../manifest.ts';
import { createTfjsBackend } from './create-backend.ts';

// Of the largest score. The worst measured on any engine is 5.2e-7: a few layers of short sums in float32.
const tolerance = 2e-6;

describe.each(tfjsEngines)('generation on %s', (engine) => {
  let backend: BackendV1;
  beforeAll(async () => {
    backend = await createTfjsBackend({ engine });
  });
  afterAll(() => backend.dispose());

  describe.each(Object.entries(writers))('with %s', (_name, network) => {
    const writer = writerOf(network);
    const values = writer.initialize(2);
    const prompt = [3, 1, 4, 1];

    it.each([{ temperature: 0 }, { temperature: 0.7, topK: 5, seed: 11 }])(
      'chooses the tokens that the whole text would choose: %j',
      async (sampling) => {
        const { cached, recomputed } = await writtenBothWays(backend, writer, values, {
          prompt,
          count: 12,
          sampling,
        });
        expect(cached).toHaveLength(12);
        expect(cached).toEqual(recomputed);
      },
    );

    it('scores a text token by token as all at once, and as float64 does', async () => {
      const text = [...prompt, 5, 2, 6, 0, 1, 3, 3, 4, 6, 2, 0, 5];
      const { stepped, whole, expected } = await scoredBothWays(backend, writer, values, text);
      expect(stepped).toHaveLength(expected.length);
      const largest = Math.max(...expected.map(Math.abs));
      expect(largest).toBeGreaterThan(0.01);
      expected.forEach((score, at) => {
        const found = stepped[at] ?? Number.NaN;
        expect(Math.abs(found - score)).toBeLessThan(tolerance * largest);
        expect(Math.abs(found - (whole[at] ?? Number.NaN))).toBeLessThan(tolerance * largest);
      });
    });
  });
});
