import { describe, expect, it } from 'vitest';
import { fakeRuntime } from '../test/fake-runtime.ts';
import { BufferPool, bufferSlot } from './buffer-pool.ts';

const mebibyte = 1024 * 1024;

describe('BufferPool', () => {
  it('hands a returned buffer out again', () => {
    const pool = new BufferPool(fakeRuntime());
    const first = pool.take(bufferSlot('float32', [2, 3]));
    pool.give(first);
    expect(pool.take(bufferSlot('float32', [2, 3]))).toBe(first);
    expect(pool.statistics).toEqual({ allocations: 1, pooledBytes: 0 });
  });

  it('reuses memory under another shape of equal size', () => {
    const pool = new BufferPool(fakeRuntime());
    const first = pool.take(bufferSlot('int32', [6]));
    pool.give(first);
    const second = pool.take(bufferSlot('int32', [2, 3]));
    expect(second.host.data).toBe(first.host.data);
    expect(second.host.shape).toEqual([2, 3]);
    expect(second.tensor.dims).toEqual([2, 3]);
  });

  it('never hands one buffer out twice', () => {
    const pool = new BufferPool(fakeRuntime());
    const slot = bufferSlot('float32', [4]);
    const taken = [pool.take(slot), pool.take(slot)];
    for (const buffer of taken) pool.give(buffer);
    const again = [pool.take(slot), pool.take(slot), pool.take(slot)];
    expect(new Set(again.map(({ host }) => host.data)).size).toBe(3);
  });

  it('keeps dtypes of equal width apart', () => {
    const pool = new BufferPool(fakeRuntime());
    pool.give(pool.take(bufferSlot('uint8', [4])));
    expect(pool.take(bufferSlot('bool', [4])).tensor.type).toBe('bool');
    expect(pool.statistics.allocations).toBe(2);
  });

  it('drops the sizes used longest ago above 64 MiB', () => {
    const pool = new BufferPool(fakeRuntime());
    const slots = [1, 2, 3].map((extra) => bufferSlot('uint8', [24 * mebibyte + extra]));
    for (const buffer of slots.map((slot) => pool.take(slot))) pool.give(buffer);
    expect(pool.statistics).toEqual({ allocations: 3, pooledBytes: 48 * mebibyte + 5 });
    for (const slot of slots.slice(1)) pool.take(slot);
    expect(pool.statistics).toEqual({ allocations: 3, pooledBytes: 0 });
  });

  it('keeps the spare state of a large program while its executable lives', () => {
    const pool = new BufferPool(fakeRuntime());
    const owner = {};
    const slot = bufferSlot('uint8', [80 * mebibyte]);
    pool.allow(owner, slot.bytes);
    pool.give(pool.take(slot));
    expect(pool.statistics.pooledBytes).toBe(slot.bytes);
    pool.disallow(owner);
    expect(pool.statistics.pooledBytes).toBe(0);
  });

  it('keeps nothing after it was closed', () => {
    const pool = new BufferPool(fakeRuntime());
    const slot = bufferSlot('float32', [4]);
    const taken = pool.take(slot);
    pool.close();
    pool.give(taken);
    expect(pool.take(slot)).not.toBe(taken);
    expect(pool.statistics.pooledBytes).toBe(0);
  });
});
