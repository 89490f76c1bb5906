import { describe, expect, it } from 'vitest';
import { goldens } from '../test/goldens.ts';
import { erf, erfc } from './error-function.ts';

describe('erf', () => {
  it('agrees with 50-digit values to 1e-15 relative', () => {
    for (const [x, expected] of goldens.errorFunction) {
      expect(Math.abs(erf(x) - expected), `erf(${x})`).toBeLessThanOrEqual(
        1e-15 * Math.abs(expected),
      );
    }
  });

  it('is odd, keeps the sign of zero, saturates and keeps NaN', () => {
    expect(erf(0)).toBe(0);
    expect(erf(-0)).toBe(-0);
    expect(erf(-1.5)).toBe(-erf(1.5));
    expect(erf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(erf(Number.NEGATIVE_INFINITY)).toBe(-1);
    expect(erf(Number.NaN)).toBeNaN();
  });
});

describe('erfc', () => {
  it('agrees with 50-digit values to 2e-15 relative, in the far tail too', () => {
    for (const [x, , expected] of goldens.errorFunction) {
      expect(Math.abs(erfc(x) - expected), `erfc(${x})`).toBeLessThanOrEqual(2e-15 * expected);
    }
  });

  it('is 0 and 2 at the infinities and keeps NaN', () => {
    expect(erfc(Number.POSITIVE_INFINITY)).toBe(0);
    expect(erfc(Number.NEGATIVE_INFINITY)).toBe(2);
    expect(erfc(Number.NaN)).toBeNaN();
  });
});
