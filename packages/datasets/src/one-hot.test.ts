import { describe, expect, it } from 'vitest';
import { expectDatasetError, float32, int32, uint8 } from '../test/support.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import type { HostTensorOf } from './host-tensor.ts';
import { oneHot, oneHotField } from './one-hot.ts';

describe('oneHot', () => {
  it('appends an axis of the given depth', () => {
    expect(oneHot(int32([2, 0]), 3)).toEqual(float32([0, 0, 1, 1, 0, 0], [2, 3]));
    expect(oneHot(uint8([1], []), 2)).toEqual(float32([0, 1], [2]));
    expect(oneHot(int32([], [0, 2]), 4)).toEqual(float32([], [0, 2, 4]));
  });

  it('names the index and the value of a label out of range', () => {
    expectDatasetError(
      () => oneHot(int32([0, 1, 2, 3, 10, 4], [2, 3]), 10),
      'LABEL_OUT_OF_RANGE',
      /^oneHot: the label at \[1, 1\] is not a class, got 10\.\nExpected labels from 0 to 9: depth is 10\.$/,
    );
  });

  it('rejects a negative label', () => {
    expectDatasetError(
      () => oneHot(int32([0, -1]), 10),
      'LABEL_OUT_OF_RANGE',
      /the label at \[1\] is not a class, got -1/,
    );
  });

  it('rejects labels that are not integers by type', () => {
    expectDatasetError(
      () => oneHot(float32([0]) as unknown as HostTensorOf<'int32'>, 10),
      'UNSUPPORTED_DTYPE',
      /got float32\[1\]\.\nExpected int32 or uint8/,
    );
  });

  it.each([0, -1, 2.5])('rejects the depth %d', (depth) => {
    expectDatasetError(() => oneHot(int32([0]), depth), 'INVALID_OPTION', /depth is out of range/);
  });
});

describe('oneHotField', () => {
  const dataset = datasetFromTensors({ x: float32([5, 6]), label: int32([1, 0]) });

  it('replaces the labels of gathered examples', () => {
    const mapped = oneHotField(dataset, 'label', 2);
    expect(mapped.fields.label).toEqual({ dtype: 'float32', shape: [2] });
    expect(mapped.gather(new Uint32Array([1, 0, 0]))).toEqual({
      x: float32([6, 5, 5]),
      label: float32([1, 0, 0, 1, 0, 1], [3, 2]),
    });
  });

  it('rejects a field of another type and a bad depth at once', () => {
    expectDatasetError(
      () => oneHotField(dataset, 'x', 2),
      'UNSUPPORTED_DTYPE',
      /^oneHotField › x: .*got float32\[\]/,
    );
    expectDatasetError(() => oneHotField(dataset, 'label', 0), 'INVALID_OPTION', /depth/);
  });
});
