import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectDatasetError } from '../test/support.ts';
import type { HostTensorOf } from './host-tensor.ts';
import { windowsOf, windowsOfSeries } from './windows.ts';

const floats = (shape: readonly number[], data: readonly number[]): HostTensorOf<'float32'> => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});
const all = (size: number): Uint32Array => Uint32Array.from({ length: size }, (_, i) => i);

describe('windowsOf', () => {
  it('are what slices of the ids say, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 20 }),
        (length, stride, more) => {
          const ids = Int32Array.from({ length: length + 1 + more }, (_, i) => i * 3 + 1);
          const windows = windowsOf(ids, { length, stride });
          const starts: number[] = [];
          for (let start = 0; start + length + 1 <= ids.length; start += stride) starts.push(start);
          expect(windows.size).toBe(starts.length);
          const { input, target } = windows.gather(all(windows.size));
          expect(input.shape).toEqual([starts.length, length]);
          expect([...input.data]).toEqual(starts.flatMap((s) => [...ids.slice(s, s + length)]));
          expect([...target.data]).toEqual(
            starts.flatMap((s) => [...ids.slice(s + 1, s + 1 + length)]),
          );
        },
      ),
    );
  });

  it('do not overlap unless told to, and come in any order', () => {
    const windows = windowsOf(Int32Array.of(0, 1, 2, 3, 4, 5, 6), { length: 2 });
    expect(windows).toMatchObject({ size: 3, deterministic: true });
    expect(windows.fields.target).toEqual({ dtype: 'int32', shape: [2] });
    const { input, target } = windows.gather(Uint32Array.of(2, 0, 2));
    expect([...input.data]).toEqual([4, 5, 0, 1, 4, 5]);
    expect([...target.data]).toEqual([5, 6, 1, 2, 5, 6]);
    expectDatasetError(() => windows.gather(Uint32Array.of(3)), 'EXAMPLE_OUT_OF_RANGE', /got 3/);
  });

  it('refuse what cannot be cut', () => {
    const ids = Int32Array.of(1, 2, 3);
    expectDatasetError(
      () => windowsOf(ids, { length: 3 }),
      'INVALID_OPTION',
      /^windowsOf: there is not one whole window, got 3 values\.\nExpected at least 4: 3 of the input and 1 more\.$/,
    );
    expectDatasetError(() => windowsOf(ids, { length: 0 }), 'INVALID_OPTION', /length is out of/);
    expectDatasetError(
      () => windowsOf(ids, { length: 1, stride: 0.5 }),
      'INVALID_OPTION',
      /stride is out of/,
    );
    expectDatasetError(
      () => windowsOf([1, 2, 3] as unknown as Int32Array, { length: 1 }),
      'INVALID_TENSOR',
      /wrong array type, got Array/,
    );
  });
});

describe('windowsOfSeries', () => {
  // Two measures at six moments.
  const series = floats([6, 2], [0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15]);

  it('give what follows, of all measures', () => {
    const windows = windowsOfSeries(series, { length: 2, horizon: 2 });
    expect(windows.size).toBe(3);
    expect(windows.fields).toEqual({
      input: { dtype: 'float32', shape: [2, 2] },
      target: { dtype: 'float32', shape: [2, 2] },
    });
    const { input, target } = windows.gather(Uint32Array.of(2, 0));
    expect(input).toEqual(floats([2, 2, 2], [2, 12, 3, 13, 0, 10, 1, 11]));
    expect(target).toEqual(floats([2, 2, 2], [4, 14, 5, 15, 2, 12, 3, 13]));
  });

  it('give another series, of one measure', () => {
    const target = floats([6], [0, 0.5, 1, 1.5, 2, 2.5]);
    const windows = windowsOfSeries(series, { length: 3, stride: 2, target });
    expect(windows.size).toBe(2);
    expect(windows.gather(all(2)).target).toEqual(floats([2, 1], [1.5, 2.5]));
  });

  it('refuse what cannot be cut', () => {
    const cut = (target: HostTensorOf<'float32'>, options: object) => () =>
      windowsOfSeries(series, { length: 5, target, ...options });
    expectDatasetError(cut(series, { horizon: 2 }), 'INVALID_OPTION', /got 6 values.*at least 7/s);
    expectDatasetError(cut(series, { horizon: 0 }), 'INVALID_OPTION', /horizon is out of range/);
    expectDatasetError(cut(floats([5], Array(5).fill(0)), {}), 'SIZES_DIFFER', /got 6 and 5/);
    expectDatasetError(cut(floats([], [1]), {}), 'INVALID_TENSOR', /target: a series is float32/);
  });
});
