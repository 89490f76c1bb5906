import { describe, expect, it } from 'vitest';
import golden from '../test/goldens/scale.json' with { type: 'json' };
import { expectDatasetError, float32, int32, uint8 } from '../test/support.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import { normalize, normalizeField } from './normalize.ts';

const { shape, pixels, mean, standardDeviation, values } = golden.normalize;

describe('normalize', () => {
  it('equals NumPy in float64 rounded once, with statistics for each channel', () => {
    const result = normalize(uint8(pixels, shape), { mean, standardDeviation });
    expect(result.shape).toEqual(shape);
    expect(Array.from(result.data)).toEqual(values);
  });

  it('takes one number for all, or a mix', () => {
    const options = { mean: 1, standardDeviation: 2 };
    expect(normalize(int32([1, 3, 5]), options)).toEqual(float32([0, 1, 2]));
    expect(
      normalize(float32([1, 2, 3, 4], [2, 2]), { mean: [1, 2], standardDeviation: 2 }),
    ).toEqual(float32([0, 0, 1, 1], [2, 2]));
  });

  it('normalises a scalar and an empty tensor', () => {
    const options = { mean: 1, standardDeviation: 2 };
    expect(normalize(int32([5], []), options)).toEqual(float32([2], []));
    expect(normalize(int32([], [0, 3]), { mean, standardDeviation })).toEqual(float32([], [0, 3]));
  });

  it.each([
    [
      { mean: [1, 2], standardDeviation: 1 },
      /mean does not fit .*int32\[2, 3\], got 2 values\.\n.* 3/,
    ],
    [{ mean: 0, standardDeviation: [] }, /standardDeviation does not fit .* got 0 values/],
    [{ mean: Number.NaN, standardDeviation: 1 }, /mean is not a finite number, got NaN/],
    [{ mean: 0, standardDeviation: 0 }, /cannot divide, got 0\..*\n.*\nFix: use 1/],
    [{ mean: 0, standardDeviation: [1, -1, 1] }, /cannot divide, got -1/],
    [{ mean: 0, standardDeviation: Number.POSITIVE_INFINITY }, /cannot divide, got Infinity/],
  ])('rejects %j', (options, message) => {
    const tensor = int32([1, 2, 3, 4, 5, 6], [2, 3]);
    expectDatasetError(() => normalize(tensor, options), 'INVALID_OPTION', message);
  });

  it('rejects a list for a scalar', () => {
    expectDatasetError(
      () => normalize(int32([5], []), { mean: [1], standardDeviation: 1 }),
      'INVALID_OPTION',
      /int32\[\], got 1 values\.\nExpected one number: a scalar has no axes/,
    );
  });
});

describe('normalizeField', () => {
  const dataset = datasetFromTensors({ x: int32([1, 2, 3, 4], [2, 2]), y: int32([5, 6]) });

  it('normalises one field of gathered examples', () => {
    const options = { mean: [1, 2], standardDeviation: [1, 2] };
    expect(normalizeField(dataset, 'x', options).gather(new Uint32Array([1]))).toEqual({
      x: float32([2, 1], [1, 2]),
      y: int32([6]),
    });
  });

  it('accepts one number for a scalar field, and rejects a list for it at once', () => {
    const options = { mean: 5, standardDeviation: 1 };
    const { y } = normalizeField(dataset, 'y', options).gather(new Uint32Array([0, 1]));
    expect(y).toEqual(float32([0, 1]));
    expectDatasetError(
      () => normalizeField(dataset, 'y', { mean: [5, 5], standardDeviation: 1 }),
      'INVALID_OPTION',
      /^normalizeField › y: mean does not fit/,
    );
  });
});
