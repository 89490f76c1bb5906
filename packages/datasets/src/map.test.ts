import { describe, expect, it } from 'vitest';
import { expectDatasetError, float32, int32 } from '../test/support.ts';
import { concatenate } from './concatenate.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import type { HostTensorOf } from './host-tensor.ts';
import { mapExamples, mapField } from './map.ts';
import { subset } from './subset.ts';

const pairs = datasetFromTensors({ x: int32([1, 2, 3, 4, 5, 6], [3, 2]), y: int32([7, 8, 9]) });

function halves({ shape, data }: HostTensorOf<'int32'>): HostTensorOf<'float32'> {
  return { dtype: 'float32', shape, data: Float32Array.from(data, (value) => value / 2) };
}

describe('mapField', () => {
  it('maps the stacked field and leaves the others alone', () => {
    const mapped = mapField(pairs, 'x', { dtype: 'float32', shape: [2] }, halves);
    expect(mapped.size).toBe(3);
    expect(mapped.fields).toEqual({
      x: { dtype: 'float32', shape: [2] },
      y: { dtype: 'int32', shape: [] },
    });
    expect(mapped.gather(new Uint32Array([2, 0]))).toEqual({
      x: float32([2.5, 3, 0.5, 1], [2, 2]),
      y: int32([9, 7]),
    });
  });

  it('runs only when examples are gathered', () => {
    let calls = 0;
    const mapped = mapField(pairs, 'y', { dtype: 'float32', shape: [] }, (tensor) => {
      calls += 1;
      return halves(tensor);
    });
    expect(calls).toBe(0);
    mapped.gather(new Uint32Array([0, 1]));
    expect(calls).toBe(1);
  });

  it('rejects a result of another shape than declared', () => {
    const mapped = mapField(pairs, 'x', { dtype: 'float32', shape: [3] }, halves);
    expectDatasetError(
      () => mapped.gather(new Uint32Array([0, 1])),
      'MAP_RESULT_MISMATCH',
      /^mapField › x: .*got float32\[2, 2\]\.\nExpected float32\[2, 3\] for 2 examples/,
    );
  });

  it('rejects a result of another dtype than declared', () => {
    const mapped = mapField(pairs, 'x', { dtype: 'int32', shape: [2] }, (tensor) => {
      return halves(tensor) as unknown as HostTensorOf<'int32'>;
    });
    expectDatasetError(
      () => mapped.gather(new Uint32Array([0])),
      'MAP_RESULT_MISMATCH',
      /got float32\[1, 2\]\.\nExpected int32\[1, 2\]/,
    );
  });

  it('rejects a result whose shape and data disagree', () => {
    const mapped = mapField(pairs, 'y', { dtype: 'int32', shape: [] }, ({ shape }) => {
      return { dtype: 'int32', shape, data: new Int32Array(1) };
    });
    expectDatasetError(
      () => mapped.gather(new Uint32Array([0, 1])),
      'INVALID_TENSOR',
      /^mapField › y: shape and data disagree/,
    );
  });

  it('rejects an unknown field, listing those there are', () => {
    expectDatasetError(
      () => mapField(pairs, 'z' as 'x', { dtype: 'float32', shape: [2] }, halves),
      'UNKNOWN_FIELD',
      /^mapField: .*got "z"\.\nFields: "x", "y"\./,
    );
  });

  it('rejects an impossible declared shape', () => {
    expectDatasetError(
      () => mapField(pairs, 'x', { dtype: 'float32', shape: [-2] }, halves),
      'INVALID_TENSOR',
      /^mapField › x: a shape lists sizes, got \[-2\]/,
    );
  });
});

describe('mapExamples', () => {
  const sumFields = { sum: { dtype: 'int32', shape: [] } } as const;

  it('maps a batch to other fields', () => {
    const mapped = mapExamples(pairs, sumFields, ({ x, y }) => ({
      sum: int32(
        Array.from(y.data, (value, i) => (x.data[2 * i] ?? 0) + (x.data[2 * i + 1] ?? 0) + value),
      ),
    }));
    expect(mapped.fields).toEqual(sumFields);
    expect(mapped.gather(new Uint32Array([1, 2]))).toEqual({ sum: int32([15, 20]) });
  });

  it('rejects undeclared fields', () => {
    const mapped = mapExamples(pairs, sumFields, ({ y }) => ({ sum: y, y }));
    expectDatasetError(
      () => mapped.gather(new Uint32Array([1])),
      'MAP_RESULT_MISMATCH',
      /^mapExamples: .*got "sum", "y"\.\nExpected "sum"\./,
    );
  });

  it('rejects another number of examples', () => {
    const mapped = mapExamples(pairs, sumFields, () => ({ sum: int32([1]) }));
    expectDatasetError(
      () => mapped.gather(new Uint32Array([0, 1])),
      'MAP_RESULT_MISMATCH',
      /got int32\[1\]\.\nExpected int32\[2\] for 2 examples/,
    );
  });
});

describe('deterministic', () => {
  const points = datasetFromTensors({
    x: { dtype: 'float32', shape: [4], data: new Float32Array(4) },
  });
  const same = (batch: { readonly x: HostTensorOf<'float32'> }) => batch;

  it('holds for tensors and what is made of them by pure functions', () => {
    expect(points.deterministic).toBe(true);
    expect(mapExamples(points, points.fields, same).deterministic).toBe(true);
    expect(mapField(points, 'x', points.fields.x, (x) => x).deterministic).toBe(true);
    expect(subset(points, [1, 2]).deterministic).toBe(true);
    expect(concatenate([points, points]).deterministic).toBe(true);
  });

  it('is lost with a function that draws, and stays lost', () => {
    const drawn = mapExamples(points, points.fields, same, { deterministic: false });
    expect(drawn.deterministic).toBe(false);
    expect(
      mapField(points, 'x', points.fields.x, (x) => x, { deterministic: false }).deterministic,
    ).toBe(false);
    expect(mapExamples(drawn, points.fields, same).deterministic).toBe(false);
    expect(subset(drawn, [0]).deterministic).toBe(false);
    expect(concatenate([points, drawn]).deterministic).toBe(false);
  });

  it('is not presumed of a data set that does not say', () => {
    const { size, fields, gather } = points;
    expect(subset({ size, fields, gather }, [0]).deterministic).toBe(false);
  });
});
