import { describe, expect, it } from 'vitest';
import golden from '../test/goldens/scale.json' with { type: 'json' };
import { expectDatasetError, float32, int32, uint8 } from '../test/support.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import { imagesToFloat, scale, scaleField } from './scale.ts';

const everyByte = Array.from({ length: 256 }, (_, value) => value);

describe('scale', () => {
  it('equals float32 division by 255 in NumPy, bit for bit, for every byte', () => {
    expect(Array.from(scale(uint8(everyByte)).data)).toEqual(golden.bytesOver255);
  });

  it('takes another divisor and keeps the shape', () => {
    expect(scale(int32([-3, 6], [2, 1]), { divisor: 2 })).toEqual(float32([-1.5, 3], [2, 1]));
  });

  it.each([0, Number.NaN, Number.POSITIVE_INFINITY])('rejects the divisor %d', (divisor) => {
    expectDatasetError(
      () => scale(uint8([1]), { divisor }),
      'INVALID_OPTION',
      /^scale: divisor cannot divide, got /,
    );
  });
});

describe('scaleField', () => {
  it('scales one field of gathered examples', () => {
    const dataset = datasetFromTensors({ a: int32([1, 2]), b: int32([3, 4]) });
    const scaled = scaleField(dataset, 'a', { divisor: 4 });
    expect(scaled.fields.a).toEqual({ dtype: 'float32', shape: [] });
    expect(scaled.gather(new Uint32Array([1]))).toEqual({ a: float32([0.5]), b: int32([4]) });
  });

  it('rejects a bad divisor and an unknown field at once', () => {
    const dataset = datasetFromTensors({ a: int32([1, 2]) });
    expectDatasetError(() => scaleField(dataset, 'a', { divisor: 0 }), 'INVALID_OPTION', /got 0/);
    expectDatasetError(() => scaleField(dataset, 'b' as 'a'), 'UNKNOWN_FIELD', /got "b"/);
  });
});

describe('imagesToFloat', () => {
  it('maps bytes to float32 in [0, 1]', () => {
    const dataset = datasetFromTensors({
      image: uint8([0, 255, 51], [3, 1]),
      label: int32([1, 2, 3]),
    });
    expect(imagesToFloat(dataset).gather(new Uint32Array([2, 1]))).toEqual({
      image: float32([0.2, 1], [2, 1]),
      label: int32([3, 2]),
    });
  });

  it('refuses images that are float32 already', () => {
    const floats = datasetFromTensors({ image: float32([0.5]) });
    expectDatasetError(
      () => imagesToFloat(floats as unknown as ReturnType<typeof bytes>),
      'UNSUPPORTED_DTYPE',
      /^imagesToFloat: the images are not bytes, got float32/,
    );
  });
});

function bytes() {
  return datasetFromTensors({ image: uint8([1]) });
}
