import { describe, expect, it } from 'vitest';

import { hostBuffer, littleEndianBytes } from './little-endian.ts';

describe('littleEndianBytes', () => {
  it('gives a view of the same memory on a little-endian host', () => {
    const data = Uint16Array.of(0x0102, 0x0304).subarray(1);
    const bytes = littleEndianBytes(data, true);
    expect(bytes).toEqual(Uint8Array.of(4, 3));
    expect(bytes.buffer).toBe(data.buffer);
  });

  it('reverses each element on a big-endian host, in a copy', () => {
    const data = Uint16Array.of(0x0102, 0x0304);
    expect(littleEndianBytes(data, false)).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(data).toEqual(Uint16Array.of(0x0102, 0x0304));
  });
});

describe('hostBuffer', () => {
  it('copies bytes at any offset into an aligned buffer', () => {
    const bytes = Uint8Array.of(9, 1, 0, 0, 0, 2, 0, 0, 0).subarray(1);
    expect(new Uint32Array(hostBuffer(bytes, 4))).toEqual(Uint32Array.of(1, 2));
  });

  it('reverses each element on a big-endian host', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(new Uint8Array(hostBuffer(bytes, 4, false))).toEqual(
      Uint8Array.of(4, 3, 2, 1, 8, 7, 6, 5),
    );
  });
});
