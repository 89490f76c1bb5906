import { describe, expect, it } from 'vitest';
import { isWithinBound } from './is-within-bound.ts';

describe('isWithinBound', () => {
  it('lets NaN agree with NaN alone', () => {
    expect(isWithinBound(Number.NaN, Number.NaN, 0)).toBe(true);
    expect(isWithinBound(0, Number.NaN, 1)).toBe(false);
    expect(isWithinBound(Number.NaN, 0, 1)).toBe(false);
    expect(isWithinBound(Number.NaN, Number.POSITIVE_INFINITY, 0)).toBe(false);
  });

  it('lets an infinity agree with itself alone, unless the oracle may round to it', () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect(isWithinBound(infinity, infinity, 0)).toBe(true);
    expect(isWithinBound(-infinity, infinity, 0)).toBe(false);
    expect(isWithinBound(infinity, 3.4e38, 1e30)).toBe(false);
    expect(isWithinBound(infinity, 3.4028235e38, 1e32)).toBe(true);
    expect(isWithinBound(-infinity, 3.4028235e38, 1e32)).toBe(false);
    expect(isWithinBound(3.4e38, infinity, 0)).toBe(false);
  });

  it('compares finite numbers by the bound and ignores the sign of zero', () => {
    expect(isWithinBound(1.25, 1, 0.25)).toBe(true);
    expect(isWithinBound(1.26, 1, 0.25)).toBe(false);
    expect(isWithinBound(-0, 0, 0)).toBe(true);
    expect(isWithinBound(Number.NaN, 1, Number.POSITIVE_INFINITY)).toBe(true);
  });
});
