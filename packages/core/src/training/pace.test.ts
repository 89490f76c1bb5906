import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

describe('Pace', () => {
  it('keeps the number that was asked for', () => {
    const pace = new Pace({ fixed: 3, limit: 2 });
    pace.record(3, 10_000);
    expect(pace.steps).toBe(3);
  });

  it('begins with eight steps, or with as many as the data of a call allows', () => {
    expect(new Pace({ limit: Number.POSITIVE_INFINITY }).steps).toBe(8);
    expect(new Pace({ limit: 5 }).steps).toBe(5);
    expect(new Pace({ limit: 0 }).steps).toBe(1);
  });

  it.each([
    ['slow steps', 8, 8 * 300, 1],
    ['steps of 100 ms', 8, 800, 2],
    ['steps of 10 ms', 8, 80, 16],
    ['fast steps, by a factor of eight at most', 8, 4, 64],
    ['steps below the clock', 8, 0, 64],
  ])('aims at a quarter of a second: %s', (_, steps, milliseconds, expected) => {
    const pace = new Pace({ limit: Number.POSITIVE_INFINITY });
    pace.record(steps, milliseconds);
    expect(pace.steps).toBe(expected);
  });

  it('goes on to what the last call shows', () => {
    const pace = new Pace({ limit: Number.POSITIVE_INFINITY });
    for (const milliseconds of [4, 32, 128]) pace.record(pace.steps, milliseconds);
    // half a millisecond a step
    expect(pace.steps).toBe(256);
    pace.record(256, 1024);
    expect(pace.steps).toBe(32);
  });

  it('stays below the limit', () => {
    const pace = new Pace({ limit: 100 });
    for (let call = 0; call < 5; call++) pace.record(pace.steps, 1);
    expect(pace.steps).toBe(64);
  });
});
