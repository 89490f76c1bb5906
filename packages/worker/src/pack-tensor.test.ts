import type { HostTensor } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { packOwnTensor, packTensor } from './pack-tensor.ts';

function packed(data: HostTensor['data'], pack = packTensor) {
  const transfer: ArrayBuffer[] = [];
  const tensor = pack({ dtype: 'float32', shape: [data.length], data } as HostTensor, transfer);
  return { data: tensor.data, transfer };
}

const large = 100_000;

describe('packTensor', () => {
  it('leaves small arrays to the clone', () => {
    const data = Float32Array.of(1, 2);
    expect(packed(data)).toEqual({ data, transfer: [] });
    expect(packed(data).data).toBe(data);
  });

  it('moves a copy of large arrays, never the caller’s', () => {
    const data = new Float32Array(large).fill(3);
    const result = packed(data);
    expect(result.data).toEqual(data);
    expect(result.transfer).toEqual([result.data.buffer]);
    expect(result.data.buffer).not.toBe(data.buffer);
  });

  it('takes only the elements of a view', () => {
    const result = packed(new Float32Array(large).subarray(10, 12));
    expect(result.data.buffer.byteLength).toBe(8);
  });

  it('copies shared memory', () => {
    const data = new Float32Array(new SharedArrayBuffer(8)).fill(5);
    const result = packed(data);
    data.fill(6);
    expect(result.data).toEqual(Float32Array.of(5, 5));
    expect(result.data.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('copies a Node buffer, whose own slice would be a view', () => {
    const data = Buffer.alloc(large).subarray(1);
    const result = packed(data);
    data.fill(7);
    expect(result.data.every((byte) => byte === 0)).toBe(true);
    expect(result.data.buffer.byteLength).toBe(large - 1);
  });

  it('returns what is no tensor as it is', () => {
    const value = { data: [1, 2] } as unknown as HostTensor;
    expect(packTensor(value, [])).toBe(value);
  });
});

describe('packOwnTensor', () => {
  it('moves the array itself', () => {
    const data = new Float32Array(large);
    expect(packed(data, packOwnTensor)).toEqual({ data, transfer: [data.buffer] });
  });

  it('copies a view', () => {
    const data = new Float32Array(large).subarray(1);
    expect(packed(data, packOwnTensor).transfer[0]).not.toBe(data.buffer);
  });
});
