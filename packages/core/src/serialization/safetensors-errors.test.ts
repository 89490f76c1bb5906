import type { HostTensor } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

function file(header: string | Uint8Array, data: readonly number[] = []): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (shape: readonly number[], begin: number, end: number, dtype = 'U8') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

function expectRefused(bytes: Uint8Array, code: string, message: string | RegExp): void {
  expect(() => decodeSafetensors(bytes, { where: 'model.safetensors' })).toThrow(
    expect.objectContaining({
      name: 'SerializationError',
      code,
      message:
        typeof message === 'string'
          ? `model.safetensors: ${message}`
          : expect.stringMatching(message),
    }),
  );
}

const valid = encodeSafetensors(
  {
    kernel: { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    mask: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
  },
  { epoch: '3' },
);

describe('decodeSafetensors', () => {
  it('refuses every truncation of a file', () => {
    for (let length = 0; length < valid.length; length++) {
      expectRefused(
        valid.subarray(0, length),
        'SAFETENSORS_TRUNCATED',
        /^model\.safetensors: the file ends inside (the header's length|its header|its tensors), got \d+ bytes/,
      );
    }
    expectRefused(
      valid.subarray(0, 5),
      'SAFETENSORS_TRUNCATED',
      "the file ends inside the header's length, got 5 bytes.\nExpected at least 8.",
    );
  });

  it('refuses any file that is cut, extended or garbled with an error of its own, or reads it', () => {
    const edit = fc.tuple(fc.nat(valid.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const bytes = valid.slice();
        for (const [at, byte] of edits) bytes[at] = byte;
        try {
          expect(Object.keys(decodeSafetensors(bytes))).toEqual(['tensors', 'metadata']);
        } catch (error) {
          expect(error).toMatchObject({
            name: 'SerializationError',
            code: expect.stringMatching(/^SAFETENSORS_/),
            message: expect.stringMatching(/^safetensors: /),
          });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses a header longer than upstream reads, before it looks for it', () => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, 100_000_001n, true);
    expectRefused(
      bytes,
      'SAFETENSORS_HEADER_SIZE',
      'the header is too long, got 100000001 bytes.\nExpected at most 100000000; the file may be none of safetensors.',
    );
    expectRefused(
      new Uint8Array(16).fill(0xff),
      'SAFETENSORS_HEADER_SIZE',
      /got 18446744073709552000 bytes/,
    );
  });

  it.each<[string, string | Uint8Array, string | RegExp]>([
    ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'the header is not UTF-8.'],
    ['an array', '[1, 2]', 'the header must begin with {, got "[1, 2]".'],
    ['empty', '', 'the header must begin with {, got "".'],
    ['broken', '{"a": ', /the header is not JSON, got ".+"\.$/],
    ['followed by something', '{} {}', /the header is not JSON, got ".+"\.$/],
    [
      'a number for a tensor',
      '{"a":1}',
      'tensor "a" needs dtype, shape and two data_offsets, got 1.',
    ],
    [
      'null for a tensor',
      '{"a":null}',
      'tensor "a" needs dtype, shape and two data_offsets, got null.',
    ],
    [
      'an entry without offsets',
      '{"a":{"dtype":"U8","shape":[1]}}',
      'tensor "a" needs dtype, shape and two data_offsets, got {"dtype":"U8","shape":[1]}.',
    ],
    [
      'three offsets',
      '{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1,1]}}',
      /^.*tensor "a" needs/,
    ],
    [
      'a negative size',
      '{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}',
      /tensor "a" needs/,
    ],
    ['half a size', '{"a":{"dtype":"U8","shape":[0.5],"data_offsets":[0,1]}}', /tensor "a" needs/],
    [
      'half a surrogate pair',
      '{"\\ud800":{}}',
      'a name holds half a surrogate pair, got "\\ud800".',
    ],
  ])('refuses a header that is %s', (_, header, message) => {
    expectRefused(file(header), 'SAFETENSORS_JSON', message);
  });

  it('refuses a name that occurs twice', () => {
    const one = JSON.stringify(entry([1], 0, 1));
    expectRefused(
      file(`{"a":${one},"b":${one},"\\u0061":${one}}`, [1]),
      'SAFETENSORS_DUPLICATE_NAME',
      'a name occurs twice in the header, got "a".',
    );
  });

  it.each([
    ['["x"]', '["x"]'],
    ['{"epoch":3}', '{"epoch":3}'],
    ['"text"', '"text"'],
  ])('refuses metadata %s', (metadata, received) => {
    expectRefused(
      file(`{"__metadata__":${metadata}}`),
      'SAFETENSORS_METADATA',
      `metadata must be texts by name, got ${received}.`,
    );
  });

  it.each([['BF16'], ['F64'], ['I64'], ['f32'], ['toString']])(
    'refuses the element type %s',
    (dtype) => {
      expectRefused(
        file(JSON.stringify({ a: entry([1], 0, 8, dtype) }), Array(8).fill(0)),
        'SAFETENSORS_DTYPE',
        `tensor "a" has an element type that Etalon lacks, got "${dtype}".\nExpected one of ["F32","I32","U8","BOOL"].\nFix: convert it where the file is made, other floats to F32.`,
      );
    },
  );

  it.each<[string, object, number, string, string]>([
    [
      'fewer bytes than the shape',
      { a: entry([2, 2], 0, 12, 'F32') },
      12,
      'SAFETENSORS_BYTES',
      'the bytes of tensor "a" do not make its shape, got 12 for F32[2, 2].\nExpected 16.',
    ],
    [
      'an end before the beginning',
      { a: entry([1], 4, 0, 'F32') },
      4,
      'SAFETENSORS_BYTES',
      'the bytes of tensor "a" do not make its shape, got -4 for F32[1].\nExpected 4.',
    ],
    [
      'a shape beyond all memory',
      { a: entry([2 ** 40, 2 ** 40], 0, 4, 'F32') },
      4,
      'SAFETENSORS_BYTES',
      'the bytes of tensor "a" do not make its shape, got 4 for F32[1099511627776, 1099511627776].\nExpected 4.835703278458517e+24.',
    ],
    [
      'an overlap',
      { a: entry([4], 0, 4), b: entry([3], 2, 5) },
      5,
      'SAFETENSORS_OFFSETS',
      'tensor "b" overlaps the one before it, got offset 2.\nExpected 4.',
    ],
    [
      'a gap',
      { b: entry([3], 5, 8), a: entry([4], 0, 4) },
      8,
      'SAFETENSORS_OFFSETS',
      'tensor "b" leaves a gap before it, got offset 5.\nExpected 4.',
    ],
    [
      'a gap at the beginning',
      { a: entry([3], 1, 4) },
      4,
      'SAFETENSORS_OFFSETS',
      'tensor "a" leaves a gap before it, got offset 1.\nExpected 0.',
    ],
    [
      'bytes left over',
      { a: entry([3], 0, 3) },
      4,
      'SAFETENSORS_OFFSETS',
      'there are bytes after the last tensor, got 4 bytes of data.\nExpected 3.',
    ],
    [
      'a tensor beyond the end',
      { a: entry([3], 0, 3) },
      2,
      'SAFETENSORS_TRUNCATED',
      'the file ends inside its tensors, got 2 bytes of data.\nExpected 3.',
    ],
  ])('refuses %s', (_, header, length, code, message) => {
    expectRefused(file(JSON.stringify(header), Array(length).fill(0)), code, message);
  });

  it('refuses a truth value that is neither 0 nor 1', () => {
    expectRefused(
      file(JSON.stringify({ a: entry([3], 0, 3, 'BOOL') }), [1, 0, 2]),
      'SAFETENSORS_BOOL',
      'tensor "a" holds a truth value that is neither 0 nor 1, got 2 at element 2.',
    );
  });

  it('reads empty tensors that lie between others, fields it does not know, and spaces', () => {
    const header = { a: entry([0], 2, 2), b: entry([2], 0, 2), c: { ...entry([1], 2, 3), x: 1 } };
    const { tensors } = decodeSafetensors(file(`${JSON.stringify(header)}   `, [7, 8, 9]));
    expect(Object.values(tensors).map(({ data }) => [...data])).toEqual([[], [7, 8], [9]]);
  });

  it('calls the bytes safetensors unless told where they are from', () => {
    expect(() => decodeSafetensors(new Uint8Array(0))).toThrow(/^safetensors: the file ends/);
  });
});

describe('encodeSafetensors', () => {
  const one: HostTensor = { dtype: 'uint8', shape: [1], data: Uint8Array.of(1) };

  function expectUnwritable(call: () => unknown, code: string, message: string): void {
    expect(call).toThrow(
      expect.objectContaining({
        name: 'SerializationError',
        code,
        message: `encodeSafetensors: ${message}`,
      }),
    );
  }

  it.each([['__metadata__'], ['a\ud800']])('refuses the name %j', (name) => {
    expectUnwritable(
      () => encodeSafetensors({ [name]: one }),
      'SAFETENSORS_NAME',
      `a tensor cannot have this name, got ${JSON.stringify(name)}.\nExpected any well-formed text but "__metadata__".`,
    );
  });

  it.each<[string, unknown, string]>([
    [
      'too few elements',
      { dtype: 'float32', shape: [2, 2], data: new Float32Array(3) },
      'Float32Array of 3 for float32[2, 2].\nExpected Float32Array of 4.',
    ],
    [
      'another array',
      { dtype: 'int32', shape: [2], data: new Float32Array(2) },
      'Float32Array of 2 for int32[2].\nExpected Int32Array of 2.',
    ],
    [
      'a size below zero',
      { dtype: 'uint8', shape: [-1, -1], data: new Uint8Array(1) },
      'Uint8Array of 1 for uint8[-1, -1].\nExpected Uint8Array of 1.',
    ],
    [
      'an unknown dtype',
      { dtype: 'float64', shape: [1], data: new Float64Array(1) },
      'Float64Array of 1 for float64[1].',
    ],
  ])('refuses a tensor with %s', (_, tensor, received) => {
    expectUnwritable(
      () => encodeSafetensors({ x: tensor as HostTensor }),
      'SAFETENSORS_TENSOR',
      `the data of tensor "x" does not fit its type, got ${received}`,
    );
  });

  it.each([
    [3, '3'],
    [undefined, 'undefined'],
    ['\udc00', '"\\udc00"'],
  ])('refuses metadata %j', (value, received) => {
    expectUnwritable(
      () => encodeSafetensors({}, { epoch: value as string }),
      'SAFETENSORS_METADATA',
      `metadata must be well-formed texts by name, got ${received} for "epoch".\nFix: store other values as JSON.stringify(value).`,
    );
  });

  it('refuses a header that no reader would take', () => {
    expectUnwritable(
      () => encodeSafetensors({}, { text: 'x'.repeat(100_000_000) }),
      'SAFETENSORS_HEADER_SIZE',
      'the header would be too long, got 100000028 bytes.\nExpected at most 100000000.',
    );
  });
});
