import { EtalonError, ShapeError } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { atPath } from './at-path.ts';

describe(atPath, () => {
  it('puts the path before the message and keeps the rest', () => {
    const cause = new RangeError('why');
    const error = new ShapeError('SHAPE_X', 'too long, got 3.', { cause, details: { axis: 1 } });
    const moved = atPath(error, 'dense_1 › matmul');
    expect(moved).toBeInstanceOf(ShapeError);
    expect(moved).toMatchObject({
      name: 'ShapeError',
      code: 'SHAPE_X',
      message: 'dense_1 › matmul: too long, got 3.',
      details: { axis: 1 },
      cause,
    });
    expect((moved as Error).stack).toContain('dense_1 › matmul: too long, got 3.');
    expect(error.message).toBe('too long, got 3.');
  });

  it('adds no cause where there was none', () => {
    expect('cause' in (atPath(new EtalonError('CODE', 'text.'), 'path') as Error)).toBe(false);
  });

  it('puts no second path before an error that has one', () => {
    const once = atPath(new ShapeError('SHAPE_X', 'too long.'), 'inner');
    expect(atPath(once, 'outer')).toBe(once);
  });

  it.each([new TypeError('not ours'), 'text', undefined])('leaves %o alone', (thrown) => {
    expect(atPath(thrown, 'path')).toBe(thrown);
  });
});
