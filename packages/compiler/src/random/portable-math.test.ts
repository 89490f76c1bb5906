import { describe, expect, it } from 'vitest';
import vectors from '../../test/vectors/random.json' with { type: 'json' };
import { fnv1a32 } from './key.ts';
import { portableLog } from './portable-math.ts';

/** Returns the distance of a float64 number from the next one of larger magnitude. */
function unitInTheLastPlace(x: number): number {
  const bits = new BigInt64Array(Float64Array.of(Math.abs(x)).buffer);
  const next = new Float64Array(BigInt64Array.of((bits[0] as bigint) + 1n).buffer);
  return (next[0] as number) - Math.abs(x);
}

describe('portableLog', () => {
  it('lies less than one unit in the last place from the exact logarithm', () => {
    let numExact = 0;
    for (const { x, nearest, remainder } of vectors.logarithms) {
      const error = portableLog(x) - nearest - remainder;
      expect(Math.abs(error) / unitInTheLastPlace(nearest)).toBeLessThan(1);
      if (portableLog(x) === nearest) numExact += 1;
    }
    expect(vectors.logarithms.length).toBeGreaterThan(300);
    expect(numExact).toBeGreaterThan(0.9 * vectors.logarithms.length);
  });

  it('keeps its bits', () => {
    // The hash that V8 and QuickJS gave when the function was written.
    const values = Float64Array.from({ length: 20_000 }, (_, index) =>
      portableLog((index + 0.5) * 0.37),
    );
    expect(fnv1a32(new Uint32Array(values.buffer))).toBe(1_984_348_847);
  });

  it('is 0 for 1, with a positive sign', () => {
    expect(portableLog(1)).toBe(0);
  });

  it('follows Math.log at the edges', () => {
    for (const x of [0, -0, -1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(portableLog(x)).toBe(Math.log(x));
    }
  });
});
