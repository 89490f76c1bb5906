import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

const judge = (...times: number[]): boolean[] => {
  const pace = new Pace();
  return times.map((time) => pace.isSlow(time));
};

describe('Pace', () => {
  it('calls two slow runs in a row slow', () => {
    expect(judge(2, 2)).toEqual([false, true]);
    expect(judge(30, 0.1, 30, 1.9, 40, 2)).toEqual([false, false, false, false, false, true]);
  });

  it('calls one long run slow', () => {
    expect(judge(49, 0.1, 50)).toEqual([false, false, true]);
  });
});
