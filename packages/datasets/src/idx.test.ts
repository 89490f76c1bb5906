import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../test/goldens/idx.json' with { type: 'json' };
import { expectDatasetError, float32, int32, uint8 } from '../test/support.ts';
import { decodeIdx } from './decode-idx.ts';
import type { IdxType } from './encode-idx.ts';
import { encodeIdx } from './encode-idx.ts';
import { DatasetError } from './errors.ts';
import type { HostTensor } from './host-tensor.ts';

const ranges = {
  uint8: [0, 255],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
} as const;

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });

function elementsOf(type: IdxType): fc.Arbitrary<number> {
  if (type === 'float32' || type === 'float64') {
    return fc.float();
  }
  const [min, max] = ranges[type];
  return fc.integer({ min, max });
}

function tensorsOf(type: IdxType): fc.Arbitrary<HostTensor> {
  return shapes.chain((shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return fc
      .array(elementsOf(type), { minLength: length, maxLength: length })
      .map((values): HostTensor => {
        if (type === 'uint8') {
          return uint8(values, shape);
        }
        return type === 'float32' || type === 'float64'
          ? float32(values, shape)
          : int32(values, shape);
      });
  });
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

describe('decodeIdx', () => {
  it.each(golden.cases)(
    'reads what NumPy wrote: $type $shape',
    ({ dtype, shape, file, values }) => {
      const tensor = decodeIdx(fromHex(file));
      expect([tensor.dtype, tensor.shape]).toEqual([dtype, shape]);
      expect(Array.from(tensor.data)).toEqual(values);
    },
  );

  it('reads from the middle of a larger buffer, at any alignment', () => {
    const file = encodeIdx(int32([1, -2, 3]));
    const larger = new Uint8Array(file.length + 10).fill(255);
    larger.set(file, 3);
    expect(decodeIdx(larger.subarray(3, 3 + file.length))).toEqual(int32([1, -2, 3]));
  });

  it('shares no memory with its input', () => {
    const file = encodeIdx(uint8([1, 2]));
    const { data } = decodeIdx(file);
    file.fill(0);
    expect(Array.from(data)).toEqual([1, 2]);
  });

  it('rounds float64 to the nearest float32', () => {
    // pi in binary64, big-endian.
    const file = fromHex(`0000${'0e01'}00000001${'400921fb54442d18'}`);
    expect(decodeIdx(file)).toEqual(float32([Math.fround(Math.PI)]));
  });

  it('answers every proper prefix of a file with a DatasetError', () => {
    for (const type of ['uint8', 'int16', 'float64'] as const) {
      const tensor = type === 'float64' ? float32([1, 2, 3], [3, 1]) : int32([1, 2, 3], [3, 1]);
      const file = encodeIdx(tensor, { type });
      for (let length = 0; length < file.length; length += 1) {
        expectDatasetError(
          () => decodeIdx(file.subarray(0, length), { where: 'labels.idx' }),
          'IDX_TRUNCATED',
          new RegExp(`^labels\\.idx: .*got ${length} bytes\\.\nExpected `),
        );
      }
    }
  });

  it('answers any bytes with a tensor or a DatasetError', () => {
    const header = fc.tuple(
      fc.constantFrom(0, 0, 0, 0, 1, 0x1f),
      fc.constantFrom(0, 0, 0, 0, 1, 0x8b),
      fc.constantFrom(8, 9, 0x0b, 0x0c, 0x0d, 0x0e, 0, 10),
      fc.nat({ max: 4 }),
    );
    const sizes = fc.array(fc.constantFrom(0, 0, 0, 0, 1, 2, 255), { maxLength: 24 });
    let decoded = 0;
    fc.assert(
      fc.property(header, sizes, (start, rest) => {
        const bytes = Uint8Array.from([...start, ...rest]);
        try {
          const { shape, data } = decodeIdx(bytes);
          expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
          decoded += 1;
        } catch (error) {
          expect(DatasetError.isInstance(error)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 2000 },
    );
    expect(decoded).toBeGreaterThan(0);
  });

  it('allocates nothing for sizes that the file does not back', () => {
    const file = fromHex(`0000${'0e03'}${'ffffffff'.repeat(3)}`);
    expectDatasetError(
      () => decodeIdx(file),
      'IDX_TRUNCATED',
      /float64\[4294967295, 4294967295, 4294967295\]/,
    );
  });

  it('reads an empty tensor however large the other sizes are', () => {
    const rank = 100;
    const file = fromHex(`000008${rank.toString(16)}${'ffffffff'.repeat(rank - 1)}00000000`);
    expect(decodeIdx(file).data).toHaveLength(0);
  });

  it('rejects bytes after the last element', () => {
    const file = encodeIdx(uint8([1, 2, 3]));
    expectDatasetError(
      () => decodeIdx(Uint8Array.from([...file, 0])),
      'IDX_OVERSIZED',
      /longer than its header says, got 12 bytes\.\nExpected 11 for uint8\[3\]\.$/,
    );
  });

  it('shows the first bytes of something else', () => {
    const html = new TextEncoder().encode('<!doctype html>');
    expectDatasetError(
      () => decodeIdx(html),
      'IDX_BAD_MAGIC',
      /got 3c 21 64 6f\.\nExpected two zero/,
    );
  });

  it('rejects an unknown type code, listing the known ones', () => {
    expectDatasetError(
      () => decodeIdx(fromHex('00000a0100000000')),
      'IDX_UNKNOWN_TYPE',
      /got 0x0a\.\nExpected one of 0x08 \(uint8\), 0x09 \(int8\), 0x0b /,
    );
  });

  it('rejects a file without dimensions', () => {
    expectDatasetError(
      () => decodeIdx(fromHex('0000080007')),
      'IDX_NO_DIMENSIONS',
      /no dimensions, got 0\.\nExpected 1 to 255/,
    );
  });

  it('recognises gzip and says how to decompress', () => {
    expectDatasetError(
      () => decodeIdx(fromHex('1f8b0800')),
      'IDX_GZIP',
      /gzip magic number 1f 8b\.\n.*\nFix: .*readIdxFile\(\).*\n.*DecompressionStream/,
    );
  });
});

describe('encodeIdx', () => {
  it.each(golden.cases)(
    'writes what NumPy writes: $type $shape',
    ({ type, dtype, shape, file, values }) => {
      // Values that float64 holds and float32 does not were rounded in the golden tensor.
      const rounded = type === 'float64' && values.length > 0;
      const make = dtype === 'float32' ? float32 : dtype === 'uint8' ? uint8 : int32;
      const bytes = encodeIdx(make(values, shape), { type: type as IdxType });
      if (rounded) {
        expect(Array.from(decodeIdx(bytes).data)).toEqual(values);
        expect(bytes.subarray(0, 4 + 4 * shape.length)).toEqual(
          fromHex(file).subarray(0, 4 + 4 * shape.length),
        );
      } else {
        expect(bytes).toEqual(fromHex(file));
      }
    },
  );

  it.each(['uint8', 'int8', 'int16', 'int32', 'float32', 'float64'] as const)(
    'is undone by decodeIdx for %s',
    (type) => {
      fc.assert(
        fc.property(tensorsOf(type), (tensor) => {
          expect(decodeIdx(encodeIdx(tensor, { type }))).toEqual(tensor);
        }),
      );
    },
  );

  it('keeps the type of the tensor by default, and writes bool as bytes', () => {
    expect(encodeIdx(int32([1]))[2]).toBe(0x0c);
    expect(encodeIdx(float32([1]))[2]).toBe(0x0d);
    expect(encodeIdx(uint8([1]))[2]).toBe(0x08);
    expect(
      decodeIdx(encodeIdx({ dtype: 'bool', shape: [2], data: new Uint8Array([1, 0]) })),
    ).toEqual(uint8([1, 0]));
  });

  it.each<[string, HostTensor, IdxType | undefined, RegExp]>([
    ['a scalar', int32([1], []), undefined, /cannot hold this shape, got int32\[\]\./],
    ['rank 256', uint8([1], Array(256).fill(1)), undefined, /Expected 1 to 255 dimensions/],
    ['a size of 2^32', uint8([], [2 ** 32, 0]), undefined, /each smaller than 4294967296/],
    [
      'a value out of range',
      int32([0, 300]),
      'uint8',
      /element 1 does not fit into uint8, got 300\.\n.* 0 to 255/,
    ],
    ['a negative value', int32([-129]), 'int8', /got -129\.\nExpected values from -128 to 127/],
    [
      'float32 as integers',
      float32([1]),
      'int32',
      /a float32 tensor .* got int32\.\nExpected float32 or/,
    ],
    [
      'integers as float64',
      int32([1]),
      'float64',
      /a int32 tensor .* got float64\.\nExpected uint8, /,
    ],
    ['an unknown type', int32([1]), 'int64' as IdxType, /unknown element type, got "int64"/],
  ])('refuses %s', (_, tensor, type, message) => {
    expectDatasetError(
      () => encodeIdx(tensor, type === undefined ? {} : { type }),
      'IDX_UNWRITABLE',
      message,
    );
  });
});
