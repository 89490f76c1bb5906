import { describe, expect, it } from 'vitest';

import { caught } from '../../test/support/caught.ts';
import type { TensorElements, TensorInit } from './create-tensor.ts';
import { createTensor } from './create-tensor.ts';

const raw = (elements: TensorElements) =>
  Array.from(createTensor({ name: 't', dims: [elements.data.length], ...elements }).rawData);

describe('createTensor', () => {
  it('writes elements little-endian, the same from a list and from a typed array', () => {
    expect(raw({ dtype: 'float32', data: [1.5, -2] })).toEqual([0, 0, 192, 63, 0, 0, 0, 192]);
    expect(raw({ dtype: 'int32', data: [1, -2] })).toEqual([1, 0, 0, 0, 254, 255, 255, 255]);
    expect(raw({ dtype: 'int64', data: [258, -1n] })).toEqual([
      2, 1, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
    ]);
    expect(raw({ dtype: 'uint8', data: [0, 255] })).toEqual([0, 255]);
    expect(raw({ dtype: 'bool', data: [true, false] })).toEqual([1, 0]);

    expect(raw({ dtype: 'float32', data: Float32Array.of(1.5) })).toEqual([0, 0, 192, 63]);
    expect(raw({ dtype: 'int32', data: Int32Array.of(-2) })).toEqual([254, 255, 255, 255]);
    expect(raw({ dtype: 'int64', data: BigInt64Array.of(258n) })).toEqual([2, 1, 0, 0, 0, 0, 0, 0]);
    expect(raw({ dtype: 'uint8', data: Uint8Array.of(7) })).toEqual([7]);
    expect(raw({ dtype: 'bool', data: Uint8Array.of(1, 0, 2) })).toEqual([1, 0, 1]);
  });

  it('takes the part of the buffer that a typed array covers, without a copy', () => {
    const memory = Float32Array.of(0, 1, 2, 3);
    const data = memory.subarray(1, 3);
    const { rawData } = createTensor({ name: 't', dtype: 'float32', dims: [2], data });
    expect(rawData.buffer).toBe(memory.buffer);
    expect([rawData.byteOffset, rawData.byteLength]).toEqual([4, 8]);
  });

  it('keeps scalars and empty tensors apart', () => {
    const scalar = createTensor({ name: 's', dtype: 'float32', dims: [], data: [1] });
    const empty = createTensor({ name: 'e', dtype: 'float32', dims: [2, 0], data: [] });
    expect([scalar.dims, scalar.rawData.length]).toEqual([[], 4]);
    expect([empty.dims, empty.rawData.length]).toEqual([[2n, 0n], 0]);
  });

  it('refuses data that does not fill the shape', () => {
    const error = caught(() =>
      createTensor({ name: 'kernel', dtype: 'float32', dims: [2, 3], data: [1, 2, 3, 4, 5] }),
    );
    expect(error.code).toBe('ONNX_TENSOR_DATA');
    expect(error.message).toBe(
      'tensor "kernel": the data does not fill the shape [2, 3], got 5 elements.\nExpected 6.',
    );
  });

  it.each<[string, TensorInit]>([
    ['2147483648', { name: 't', dtype: 'int32', dims: [1], data: [2 ** 31] }],
    ['1.5', { name: 't', dtype: 'int32', dims: [1], data: [1.5] }],
    ['-1', { name: 't', dtype: 'uint8', dims: [1], data: [-1] }],
    ['9007199254740992', { name: 't', dtype: 'int64', dims: [1], data: [2 ** 53] }],
    ['9223372036854775808', { name: 't', dtype: 'int64', dims: [1], data: [2n ** 63n] }],
  ])('refuses the element %s, which its type cannot hold', (element, init) => {
    const error = caught(() => createTensor(init));
    expect(error.code).toBe('ONNX_TENSOR_DATA');
    expect(error.message).toBe(
      `tensor "t": an element does not fit ${init.dtype}, got ${element}.`,
    );
  });
});
