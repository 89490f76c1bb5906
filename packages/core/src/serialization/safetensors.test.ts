import { readFileSync } from 'node:fs';
import type { HostTensor } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../test/vectors/safetensors.json' with { type: 'json' };
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

function fileBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../test/vectors/${name}`, import.meta.url)));
}

function hostTensor(dtype: string, shape: readonly number[], data: readonly number[]): HostTensor {
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.from(data) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(data) };
    case 'bool':
    case 'uint8':
      return { dtype, shape, data: Uint8Array.from(data) };
    default:
      throw new Error(`There is no dtype ${dtype}.`);
  }
}

type File = (typeof vectors.files)[number];

function contentOf({ tensors, metadata }: File) {
  const entries = tensors.map(
    ({ name, dtype, shape, data }) => [name, hostTensor(dtype, shape, data.map(Number))] as const,
  );
  const texts = Object.entries(metadata).filter(([, text]) => text !== undefined);
  return {
    tensors: Object.fromEntries(entries),
    metadata: Object.fromEntries(texts) as Record<string, string>,
  };
}

const float = fc.float({ noDefaultInfinity: false });
const shape = fc.array(fc.nat(3), { maxLength: 4 });
const countOf = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);
const anyTensor: fc.Arbitrary<HostTensor> = shape.chain((sizes) => {
  const length = { minLength: countOf(sizes), maxLength: countOf(sizes) };
  const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  return fc.oneof(
    fc.array(float, length).map((data) => hostTensor('float32', sizes, data)),
    fc.array(integer, length).map((data) => hostTensor('int32', sizes, data)),
    fc.array(fc.nat(255), length).map((data) => hostTensor('uint8', sizes, data)),
    fc.array(fc.nat(1), length).map((data) => hostTensor('bool', sizes, data)),
  );
});
const anyName = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('__proto__', 'constructor', '0', '1'))
  .filter((name) => name !== '__metadata__');
const anyTensors = fc.dictionary(anyName, anyTensor, { maxKeys: 6, noNullPrototype: true });
const anyMetadata = fc.dictionary(anyName, fc.string({ unit: 'grapheme' }), {
  maxKeys: 3,
  noNullPrototype: true,
});

describe('decodeSafetensors', () => {
  it.each(vectors.files)('reads $file of the safetensors library', (file) => {
    expect(decodeSafetensors(fileBytes(file.file))).toEqual(contentOf(file));
  });

  it('reads from the middle of a buffer, at any alignment, into memory of its own', () => {
    const bytes = fileBytes('every-type.safetensors');
    const expected = decodeSafetensors(bytes);
    for (const offset of [1, 2, 3]) {
      const memory = new Uint8Array(bytes.length + 10);
      memory.set(bytes, offset);
      const read = decodeSafetensors(memory.subarray(offset, offset + bytes.length));
      memory.fill(0);
      expect(read).toEqual(expected);
    }
  });
});

describe('encodeSafetensors', () => {
  it.each(vectors.files)('writes the bytes of $file of the safetensors library', (file) => {
    const { tensors, metadata } = contentOf(file);
    expect(encodeSafetensors(tensors, metadata)).toEqual(fileBytes(file.file));
  });

  it('writes what reads back as it was, whatever order it came in', () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const bytes = encodeSafetensors(tensors, metadata);
        expect(decodeSafetensors(bytes)).toEqual({ tensors, metadata });
        const reversed = <T>(record: Readonly<Record<string, T>>) =>
          Object.fromEntries(Object.entries(record).toReversed());
        expect(encodeSafetensors(reversed(tensors), reversed(metadata))).toEqual(bytes);
        const [headerLength] = new BigUint64Array(bytes.slice(0, 8).buffer);
        expect(headerLength).toBe(BigInt(Math.ceil(Number(headerLength) / 8) * 8));
      }),
      { numRuns: 300 },
    );
  });

  it('takes arrays that are views of larger ones', () => {
    const data = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const bytes = encodeSafetensors({ x: { dtype: 'float32', shape: [2], data } });
    expect(decodeSafetensors(bytes).tensors.x?.data).toEqual(Float32Array.of(1, 2));
  });

  it('keeps every bit of a number that is none', () => {
    const words = Uint32Array.of(0x7fc00001, 0xffc12345, 0x7f800001);
    const data = new Float32Array(words.buffer);
    const bytes = encodeSafetensors({ x: { dtype: 'float32', shape: [3], data } });
    const read = decodeSafetensors(bytes).tensors.x?.data;
    expect([...new Uint32Array(read?.buffer ?? new ArrayBuffer(0))]).toEqual([...words]);
  });
});
