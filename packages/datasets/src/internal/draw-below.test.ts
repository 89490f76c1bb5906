import { describe, expect, it } from 'vitest';
import { drawBelow } from './draw-below.ts';

function draw(choices: number, words: readonly number[]): readonly [drawn: number, used: number] {
  let used = 0;
  const drawn = drawBelow(choices, () => {
    used += 1;
    return words[used - 1] ?? Number.NaN;
  });
  return [drawn, used];
}

describe('drawBelow', () => {
  it('takes the remainder', () => {
    expect(draw(10, [1234567])).toEqual([7, 1]);
    expect(draw(1, [4294967295])).toEqual([0, 1]);
  });

  it('passes over the words that would favour small remainders', () => {
    // 2^32 = 3 * 1431655765 + 1: exactly one word is over.
    expect(draw(3, [4294967295, 4294967294])).toEqual([2, 2]);
    // The largest multiple of 2^31 + 1 is itself.
    expect(draw(2147483649, [2147483649, 4294967295, 2147483648])).toEqual([2147483648, 3]);
  });

  it('passes over nothing where the choices divide 2^32', () => {
    expect(draw(65536, [4294967295])).toEqual([65535, 1]);
  });
});
