import { describe, expect, it } from 'vitest';
import { parseTensor } from './tensor-text.ts';

describe('parseTensor', () => {
  it('reads every dtype', () => {
    expect(parseTensor('float32[2,1] 0.5 -1e-3')).toEqual({
      dtype: 'float32',
      shape: [2, 1],
      data: Float32Array.of(0.5, -1e-3),
    });
    expect(parseTensor('int32[1] -2147483648').data).toEqual(Int32Array.of(-(2 ** 31)));
    expect(parseTensor('bool[2] 0 1').data).toEqual(Uint8Array.of(0, 1));
    expect(parseTensor('uint8[1] 255').data).toEqual(Uint8Array.of(255));
  });

  it('reads scalars, empty tensors and special values', () => {
    expect(parseTensor('float32[] 3').shape).toEqual([]);
    expect(parseTensor('float32[0,3]')).toMatchObject({ shape: [0, 3], data: new Float32Array() });
    const { data } = parseTensor('float32[4] nan inf -inf -0');
    expect([...data]).toEqual([Number.NaN, Infinity, -Infinity, -0]);
    expect(Object.is(data[3], -0)).toBe(true);
  });

  it.each(['float32[2] 1', 'float64[1] 1', 'float32[1] one', '1 2 3', 'float32[1]1'])(
    'refuses %s',
    (text) => {
      expect(() => parseTensor(text)).toThrow(expect.objectContaining({ code: 'VECTORS_TENSOR' }));
    },
  );
});
