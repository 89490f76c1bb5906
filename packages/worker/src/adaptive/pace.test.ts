import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

const judge = (...times: number[]): boolean[] => {
  const pace = new Pace();
  return times.map((time) => pace.isSlow(time));
};
const times = (count: number, time: number): number[] => new Array<number>(count).fill(time);

describe('Pace', () => {
  it('calls eight slow runs in a row slow', () => {
    expect(judge(...times(8, 2))).toEqual([...times(7, 0).map(() => false), true]);
    expect(judge(...times(7, 30), 1.9, ...times(7, 30)).includes(true)).toBe(false);
  });

  it('calls two long runs at the beginning slow', () => {
    expect(judge(50, 50)).toEqual([false, true]);
  });

  it('does not mind a long pause of a process later', () => {
    expect(judge(0.1, 500, 500, 500, 0.1, 500).includes(true)).toBe(false);
  });
});
