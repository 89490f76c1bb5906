import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectDatasetError, float32, int32 } from '../test/support.ts';
import { concatenate } from './concatenate.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';

describe('concatenate', () => {
  it('gathers from all parts as from one data set', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });
    const rows = fc.constantFrom(1, 3, 40);
    fc.assert(
      fc.property(sizes, rows, fc.array(fc.nat(), { maxLength: 20 }), (lengths, row, picks) => {
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const all = Array.from({ length: total * row }, (_, i) => i);
        let start = 0;
        const parts = lengths.map((length) => {
          const values = all.slice(start * row, (start + length) * row);
          start += length;
          return datasetFromTensors({ x: int32(values, [length, row]) });
        });
        const indices = Uint32Array.from(total === 0 ? [] : picks.map((pick) => pick % total));
        const whole = datasetFromTensors({ x: int32(all, [total, row]) });
        const joined = concatenate(parts);
        expect(joined.size).toBe(total);
        expect(joined.gather(indices)).toEqual(whole.gather(indices));
      }),
    );
  });

  it('accepts fields in another order', () => {
    const left = datasetFromTensors({ x: int32([1]), y: int32([2]) });
    const right = datasetFromTensors({ y: int32([4]), x: int32([3]) });
    const { x, y } = concatenate([left, right]).gather(new Uint32Array([1, 0]));
    expect([...x.data, ...y.data]).toEqual([3, 1, 4, 2]);
  });

  it('rejects an index beyond the last part', () => {
    const part = datasetFromTensors({ x: int32([1, 2]) });
    expectDatasetError(
      () => concatenate([part, part]).gather(new Uint32Array([4])),
      'EXAMPLE_OUT_OF_RANGE',
      /got 4\.\nExpected an integer from 0 to 3/,
    );
  });

  it('rejects another dtype, naming the data set', () => {
    expectDatasetError(
      () =>
        concatenate<{ x: { dtype: 'int32' | 'float32'; shape: readonly number[] } }>([
          datasetFromTensors({ x: int32([1]) }),
          datasetFromTensors({ x: float32([1]) }),
        ]),
      'FIELDS_DIFFER',
      /field "x" of data set 1 differs from data set 0, got float32\[\]\.\nExpected int32\[\]/,
    );
  });

  it('rejects another shape', () => {
    expectDatasetError(
      () =>
        concatenate([
          datasetFromTensors({ x: int32([1, 2], [1, 2]) }),
          datasetFromTensors({ x: int32([1, 2], [1, 2, 1]) }),
        ]),
      'FIELDS_DIFFER',
      /got int32\[2, 1\]\.\nExpected int32\[2\]/,
    );
  });

  it('rejects other field names', () => {
    expectDatasetError(
      () =>
        concatenate<Record<string, { dtype: 'int32'; shape: readonly number[] }>>([
          datasetFromTensors({ x: int32([1]) }),
          datasetFromTensors({ y: int32([1]) }),
        ]),
      'FIELDS_DIFFER',
      /got "y"\.\nExpected "x"/,
    );
  });

  it('rejects an empty list', () => {
    expectDatasetError(() => concatenate([]), 'INVALID_OPTION', /got an empty list/);
  });
});
