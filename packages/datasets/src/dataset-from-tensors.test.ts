import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectDatasetError, float32, int32, uint8 } from '../test/support.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import type { HostTensor } from './host-tensor.ts';

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
} as const;

const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 });
const longRows = fc.integer({ min: 25, max: 70 }).map((length) => [length]);
const cases = fc.record({
  dtype: fc.constantFrom(...(Object.keys(arrays) as (keyof typeof arrays)[])),
  shape: fc.oneof(shapes, longRows),
  size: fc.integer({ min: 1, max: 9 }),
  picks: fc.array(fc.nat(), { maxLength: 20 }),
});

describe('datasetFromTensors', () => {
  it('gathers what an element by element copy gathers', () => {
    fc.assert(
      fc.property(cases, ({ dtype, shape, size, picks }) => {
        const rowLength = shape.reduce((product, length) => product * length, 1);
        const values = Array.from({ length: size * rowLength }, (_, i) => (i * 37) % 251);
        const data = arrays[dtype].from(values);
        const dataset = datasetFromTensors({
          x: { dtype, shape: [size, ...shape], data } as HostTensor,
        });
        const indices = picks.map((pick) => pick % size);
        const { x } = dataset.gather(Uint32Array.from(indices));
        expect(dataset.fields).toEqual({ x: { dtype, shape } });
        expect(x.dtype).toBe(dtype);
        expect(x.shape).toEqual([indices.length, ...shape]);
        expect(x.data).toBeInstanceOf(arrays[dtype]);
        expect(Array.from(x.data)).toEqual(
          indices.flatMap((index) => values.slice(index * rowLength, (index + 1) * rowLength)),
        );
      }),
    );
  });

  it('copies runs of consecutive rows and lone rows alike', () => {
    const rowLength = 40;
    const values = Array.from({ length: 6 * rowLength }, (_, i) => i);
    const dataset = datasetFromTensors({ x: int32(values, [6, rowLength]) });
    const { x } = dataset.gather(new Uint32Array([2, 3, 4, 0, 5, 5, 4]));
    const firsts = [0, 1, 2, 3, 4, 5, 6].map((row) => x.data[row * rowLength]);
    expect(firsts).toEqual([80, 120, 160, 0, 200, 200, 160]);
    expect(x.data.at(-1)).toBe(199);
  });

  it('gives copies, so that a caller may change a batch', () => {
    const dataset = datasetFromTensors({ x: float32([1, 2, 3]) });
    dataset.gather(new Uint32Array([0, 1, 2])).x.data.fill(9);
    expect(dataset.gather(new Uint32Array([0, 1, 2])).x.data).toEqual(new Float32Array([1, 2, 3]));
  });

  it('hands out everything without copying, as it was given', () => {
    const x = float32([1, 2, 3]);
    const y = int32([4, 5, 6]);
    const whole = datasetFromTensors({ x, y }).whole?.();
    expect(whole?.x.data).toBe(x.data);
    expect(whole).toEqual(datasetFromTensors({ x, y }).gather(new Uint32Array([0, 1, 2])));
  });

  it('may be empty', () => {
    const dataset = datasetFromTensors({ x: uint8([], [0, 4]) });
    expect(dataset.size).toBe(0);
    expect(dataset.gather(new Uint32Array(0)).x.shape).toEqual([0, 4]);
    expectDatasetError(
      () => dataset.gather(new Uint32Array([0])),
      'EXAMPLE_OUT_OF_RANGE',
      /^gather: indices\[0\] is not an example, got 0\.\nThe data set is empty\.$/,
    );
  });

  it('keeps a field named __proto__ as a field', () => {
    const tensors = Object.fromEntries([['__proto__', int32([5])]]);
    const dataset = datasetFromTensors(tensors);
    expect(Object.keys(dataset.fields)).toEqual(['__proto__']);
    expect(Object.keys(dataset.gather(new Uint32Array([0])))).toEqual(['__proto__']);
  });

  it('names the position and the value of an index out of range', () => {
    const dataset = datasetFromTensors({ x: int32([1, 2, 3]) });
    expectDatasetError(
      () => dataset.gather(new Uint32Array([0, 3])),
      'EXAMPLE_OUT_OF_RANGE',
      /^gather: indices\[1\] is not an example, got 3\.\nExpected an integer from 0 to 2: /,
    );
  });

  it('rejects fields with different numbers of examples, naming both', () => {
    expectDatasetError(
      () => datasetFromTensors({ image: float32([1, 2, 3, 4], [2, 2]), label: int32([1, 2, 3]) }),
      'SIZES_DIFFER',
      /got "image" float32\[2, 2\] and "label" int32\[3\]\./,
    );
  });

  it('rejects an empty record', () => {
    expectDatasetError(() => datasetFromTensors({}), 'NO_FIELDS', /at least one field, got none/);
  });

  it.each<[string, unknown, RegExp]>([
    ['a scalar', { dtype: 'int32', shape: [], data: new Int32Array(1) }, /got int32\[\]\./],
    [
      'too few elements',
      { dtype: 'int32', shape: [2, 2], data: new Int32Array(3) },
      /^datasetFromTensors › x: .*int32\[2, 2\] with 3 elements\.\nExpected 4/,
    ],
    [
      'another array type',
      { dtype: 'int32', shape: [2], data: new Float32Array(2) },
      /got Float32Array\.\nExpected Int32Array/,
    ],
    ['a plain array', { dtype: 'int32', shape: [2], data: [1, 2] }, /got Array\./],
    ['no data', { dtype: 'int32', shape: [2] }, /got Undefined\./],
    ['an unknown dtype', { dtype: 'int64', shape: [1], data: new Int32Array(1) }, /got "int64"/],
    ['a fractional size', { dtype: 'int32', shape: [1.5], data: new Int32Array(1) }, /got \[1.5\]/],
    ['a negative size', { dtype: 'int32', shape: [-1], data: new Int32Array(1) }, /got \[-1\]/],
    ['a missing shape', { dtype: 'int32', data: new Int32Array(1) }, /lists sizes, got undefined/],
  ])('rejects a tensor with %s', (_, tensor, message) => {
    expectDatasetError(
      () => datasetFromTensors({ x: tensor as HostTensor }),
      'INVALID_TENSOR',
      message,
    );
  });
});
