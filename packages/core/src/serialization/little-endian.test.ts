import { describe, expect, it } from 'vitest';
import { swapElements } from './little-endian.ts';

describe('swapElements', () => {
  it('reverses each element on a big-endian host', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    swapElements(bytes, 4, false);
    expect([...bytes]).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
    swapElements(bytes, 1, false);
    expect([...bytes]).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
  });

  it('leaves little-endian bytes as this host needs them', () => {
    const bytes = Uint8Array.of(0, 0, 0xc0, 0x3f);
    swapElements(bytes, 4);
    expect([...new Float32Array(bytes.buffer)]).toEqual([1.5]);
  });
});
