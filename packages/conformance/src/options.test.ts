import { createReferenceBackend } from '@etalon/reference';
import { describe, expect, it } from 'vitest';
import { requireOptions } from './options.ts';
import { runConformance } from './run-conformance.ts';
import { describeBackendConformance } from './vitest/index.ts';

const code = (value: string) => expect.objectContaining({ code: value });
const because = 'its multiplier keeps 22 bits';

describe('requireOptions', () => {
  it('accepts a widened check with its reason', () => {
    requireOptions({ widen: { 'matmul/matrices': { factor: 2, because } } }, ['widen']);
  });

  it.each([
    [{ skip: ['matmul'] }, 'CONFORMANCE_OPTION'],
    [{ widen: { 'matmul/none-such': { factor: 2, because } } }, 'CONFORMANCE_WIDEN_UNKNOWN'],
    [{ widen: { 'matmul/matrices': { factor: 1, because } } }, 'CONFORMANCE_WIDEN_FACTOR'],
    [{ widen: { 'matmul/matrices': { factor: Infinity, because } } }, 'CONFORMANCE_WIDEN_FACTOR'],
    [{ widen: { 'matmul/matrices': { factor: 2, because: ' ' } } }, 'CONFORMANCE_WIDEN_REASON'],
    [{ widen: { 'matmul/matrices': { factor: 2 } } }, 'CONFORMANCE_WIDEN_REASON'],
  ])('refuses %j', (options, expected) => {
    expect(() => requireOptions(options, ['widen'])).toThrow(code(expected));
  });

  it('is asked by both runners', async () => {
    const options = { skip: ['matmul'] } as object;
    await expect(runConformance(createReferenceBackend, options)).rejects.toThrow(
      code('CONFORMANCE_OPTION'),
    );
    expect(() => describeBackendConformance('reference', createReferenceBackend, options)).toThrow(
      code('CONFORMANCE_OPTION'),
    );
  });
});
