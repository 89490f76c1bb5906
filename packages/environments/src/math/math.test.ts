import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import goldens from '../../test/goldens/functions.json' with { type: 'json' };
import { exponential, logarithmOf1Plus } from './exponential.ts';
import { cosine, sine } from './trigonometry.ts';

/** How many float64 numbers away from the exact value, which is the sum of two of them. */
function distance(value: number, [nearest = 0, rest = 0]: readonly number[]): number {
  const spacing = 2 ** (Math.floor(Math.log2(Math.abs(nearest))) - 52);
  return Math.abs(value - nearest - rest) / spacing;
}

describe('functions', () => {
  it.each([
    ['sine', sine, goldens.sine],
    ['cosine', cosine, goldens.cosine],
    ['exponential', exponential, goldens.exponential],
    ['logarithmOf1Plus', logarithmOf1Plus, goldens.logarithmOf1Plus],
  ] as const)('%s is less than one float64 away from the exact value', (_, compute, cases) => {
    const worst = cases.map(({ x, exact }) => distance(compute(x), exact));
    expect(Math.max(...worst)).toBeLessThan(1);
    // Nearest in all but few cases.
    const rounded = cases.filter(({ x, exact }) => compute(x) === exact[0]);
    expect(rounded.length).toBeGreaterThan(0.7 * cases.length);
  });

  it('equal those of V8, which are fdlibm too', () => {
    const angle = fc.oneof(
      fc.double({ min: -4, max: 4, noNaN: true }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.integer({ min: -1000, max: 1000 }).map((quarters) => quarters * (Math.PI / 2)),
    );
    fc.assert(
      fc.property(angle, (x) => {
        expect([sine(x), cosine(x)]).toEqual([Math.sin(x), Math.cos(x)]);
        const [power, number] = [Math.max(-700, Math.min(x, 700)), Math.abs(x) - 1 + 2 ** -53];
        expect([exponential(power), logarithmOf1Plus(number)]).toEqual([
          Math.exp(power),
          Math.log1p(number),
        ]);
      }),
      { numRuns: 20000, seed: 1 },
    );
  });

  it('leave what is beyond them to the engine', () => {
    for (const angle of [1e9, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect([sine(angle), cosine(-angle)]).toEqual([Math.sin(angle), Math.cos(angle)]);
    }
    expect([Object.is(sine(-0), -0), cosine(0)]).toEqual([true, 1]);
  });
});
