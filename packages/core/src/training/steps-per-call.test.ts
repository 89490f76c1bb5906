import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { resolveStepsPerCall } from './steps-per-call.ts';

const { manifest } = createReferenceBackend();
const inside = { ...manifest, loopPolicy: 'inside' as const };
const stepwise = { ...manifest, loopPolicy: 'stepwise' as const };

describe('resolveStepsPerCall', () => {
  it.each([
    ['a number as it is', 3, inside, 10, 1, 3],
    ['1 where the engine steps', 'auto', stepwise, 1000, 1000, 1],
    ['8 where it loops inside', 'auto', inside, 64, 1, 8],
    ['the same by default', undefined, inside, 64, 1, 8],
    ['1 where fewer than eight calls would be full', 'auto', inside, 63, 1, 1],
    ['8 where several epochs make eight calls', 'auto', inside, 8, 8, 8],
    ['1 where no epoch fills a call', 'auto', inside, 7, 1000, 1],
    ['8 for a stream', 'auto', inside, undefined, 1, 8],
  ] as const)('gives %s', (_, steps, policy, numBatches, epochs, expected) => {
    expect(resolveStepsPerCall(steps, policy, numBatches, epochs)).toBe(expected);
  });
});
