import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  imageFeeds,
  imageGradientProgram,
  imageProgram,
  imageSteps,
  stepNames,
  summingSteps,
} from './support/image-programs.ts';
import { expectNearReference } from './support/near-reference.ts';
import { runOnnx } from './support/run-onnx.ts';

describe('encodeOnnx of chains of image operators', () => {
  it('computes what the reference does, in whatever layout each step works', async () => {
    await fc.assert(
      fc.asyncProperty(imageSteps(stepNames), async (list) => {
        await expectNearReference(imageProgram(list), [1, 2].map(imageFeeds));
      }),
      { numRuns: 150, seed: 20261123 },
    );
  });

  it('computes gradients as the reference does', async () => {
    await fc.assert(
      fc.asyncProperty(imageSteps(stepNames, 5), async (list) => {
        await expectNearReference(imageGradientProgram(list), [2].map(imageFeeds));
      }),
      { numRuns: 100, seed: 20261125 },
    );
  });

  it('gives the bits of an encoding that changes the layout at every operator', async () => {
    const exact = stepNames.filter((name) => !summingSteps.includes(name));
    await fc.assert(
      fc.asyncProperty(imageSteps(exact), async (list) => {
        const program = imageProgram(list);
        const feeds = imageFeeds(2);
        const there = await runOnnx(program, feeds, { layout: 'everyOperator' });
        expect(await runOnnx(program, feeds)).toEqual(there);
      }),
      { numRuns: 100, seed: 20261124 },
    );
  });

  it('computes what the reference does when the layout changes at every operator', async () => {
    await fc.assert(
      fc.asyncProperty(imageSteps(stepNames, 5), async (list) => {
        const layout = 'everyOperator';
        await expectNearReference(imageProgram(list), [imageFeeds(2)], { layout });
        await expectNearReference(imageGradientProgram(list), [imageFeeds(2)], { layout });
      }),
      { numRuns: 60, seed: 20261126 },
    );
  });

  it('can tell a wrong result from a right one on most chains', async () => {
    const list = stepNames
      .filter((name) => !['choose', 'round'].includes(name))
      .map((name, index) => ({ name, a: 0, b: 2, axis: 1 + (index % 3) }));
    expect(await expectNearReference(imageProgram(list.slice(0, 9)), [imageFeeds(2)])).toBe(1);
    expect(await expectNearReference(imageProgram(list.slice(9)), [imageFeeds(2)])).toBe(1);
  });
});
