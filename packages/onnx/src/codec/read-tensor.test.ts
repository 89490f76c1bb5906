import type { MessageInitShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { caught } from '../../test/support/caught.ts';
import {
  TensorProto_DataType as DataType,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from '../schema/onnx-pb.ts';
import { createTensor } from './create-tensor.ts';
import { readTensor } from './read-tensor.ts';

const tensor = (init: MessageInitShape<typeof TensorProtoSchema>) =>
  create(TensorProtoSchema, { name: 'w', ...init });

const messageOf = (init: MessageInitShape<typeof TensorProtoSchema>) => {
  const error = caught(() => readTensor(tensor(init)));
  return [error.code, ...error.message.split('\n')];
};

describe('readTensor', () => {
  it('returns what createTensor was given, bit for bit', () => {
    fc.assert(
      fc.property(fc.float32Array(), (data) => {
        const written = createTensor({ name: 'w', dtype: 'float32', dims: [data.length], data });
        const read = readTensor(written);
        expect(read).toEqual({ name: 'w', dims: [data.length], dtype: 'float32', data });
      }),
      { seed: 6 },
    );
    const data = BigInt64Array.of(-(2n ** 63n), 5n);
    expect(readTensor(createTensor({ name: 'i', dtype: 'int64', dims: [1, 2], data }))).toEqual({
      name: 'i',
      dims: [1, 2],
      dtype: 'int64',
      data,
    });
  });

  it('returns memory of its own', () => {
    const data = Float32Array.of(1, 2);
    const read = readTensor(createTensor({ name: 'w', dtype: 'float32', dims: [2], data }));
    data.fill(9);
    expect(read.data).toEqual(Float32Array.of(1, 2));
  });

  it('reads an empty tensor, with and without empty raw data', () => {
    const empty = { name: 'w', dims: [0, 3], dtype: 'int32', data: new Int32Array(0) };
    expect(readTensor(tensor({ dims: [0n, 3n], dataType: DataType.INT32 }))).toEqual(empty);
    const rawData = new Uint8Array(0);
    expect(readTensor(tensor({ dims: [0n, 3n], dataType: DataType.INT32, rawData }))).toEqual(
      empty,
    );
  });

  it('refuses raw data and lists that do not fill the shape', () => {
    const dims = [2n, 3n];
    const dataType = DataType.FLOAT;
    expect(messageOf({ dims, dataType, rawData: new Uint8Array(23) })).toEqual([
      'ONNX_CORRUPT',
      'tensor "w": raw_data does not fill the shape, got 23 bytes.',
      'Expected 24.',
    ]);
    expect(messageOf({ dims, dataType, floatData: [1, 2] })).toEqual([
      'ONNX_CORRUPT',
      'tensor "w": the data does not fill the shape, got 2 elements.',
      'Expected 6.',
    ]);
    expect(messageOf({ dims: [2n ** 40n], dataType })[0]).toBe('ONNX_CORRUPT');
  });

  it('refuses a dimension that is negative or beyond exact integers', () => {
    expect(messageOf({ dims: [-1n], dataType: DataType.FLOAT })[1]).toBe(
      'tensor "w": a dimension is not a size, got -1.',
    );
    expect(messageOf({ dims: [2n ** 53n], dataType: DataType.FLOAT })[0]).toBe('ONNX_CORRUPT');
  });

  it('refuses elements that their type would wrap', () => {
    const dims = [1n];
    expect(messageOf({ dims, dataType: DataType.UINT8, int32Data: [256] })[1]).toBe(
      'tensor "w": an element does not fit uint8, got 256.',
    );
    expect(messageOf({ dims, dataType: DataType.UINT32, uint64Data: [2n ** 32n] })[1]).toBe(
      'tensor "w": an element does not fit uint32, got 4294967296.',
    );
    const notBoolean = ['ONNX_CORRUPT', 'tensor "w": an element does not fit bool, got 2.'];
    expect(messageOf({ dims, dataType: DataType.BOOL, int32Data: [2] })).toEqual([
      ...notBoolean,
      'Expected 0 or 1.',
    ]);
    expect(messageOf({ dims, dataType: DataType.BOOL, rawData: Uint8Array.of(2) })).toEqual([
      ...notBoolean,
      'Expected 0 or 1.',
    ]);
  });

  it('refuses types that it does not read, known to ONNX or not', () => {
    expect(messageOf({ dataType: DataType.STRING }).slice(0, 2)).toEqual([
      'ONNX_TENSOR_TYPE',
      'tensor "w": the element type cannot be read, got STRING.',
    ]);
    expect(messageOf({ dataType: 99 })[1]).toContain('got 99.');
  });

  it('refuses elements kept elsewhere, and names the place', () => {
    const external = tensor({
      dataType: DataType.FLOAT,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: [{ key: 'location', value: 'weights.bin' }],
    });
    const error = caught(() => readTensor(external, { where: 'digits.onnx' }));
    expect(error.code).toBe('ONNX_EXTERNAL_DATA');
    expect(error.message.split('\n')).toEqual([
      'digits.onnx › tensor "w": the elements are in another file, got "weights.bin".',
      'Expected the elements inside the model.',
      'Fix: save the model with its tensors inside, without external data.',
    ]);
    expect(messageOf({ dataType: DataType.FLOAT, segment: { begin: 0n, end: 1n } })[0]).toBe(
      'ONNX_EXTERNAL_DATA',
    );
  });
});
