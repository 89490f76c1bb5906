import type { DType, HostTensor } from '@etalon/spec';
import { SerializationError } from '@etalon/spec';
import { hostTensor } from './host-tensor.ts';

const form = /^(float32|int32|bool|uint8)\[([\d,]*)\]((?: \S+)*)$/;

const words: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

/**
 * Reads a tensor from its text form, `float32[2,3] 0.5 -1.25 nan inf -inf -0`: JSON has no NaN, and one
 * string is shorter than a list.
 *
 * @throws {SerializationError} when the text is not of the form.
 */
export function parseTensor(text: string): HostTensor {
  const [, dtype, sizes, numbers] = form.exec(text) ?? [];
  if (dtype === undefined || sizes === undefined || numbers === undefined) throw malformed(text);
  const shape = sizes === '' ? [] : sizes.split(',').map(Number);
  const data = numbers === '' ? [] : numbers.slice(1).split(' ').map(parseNumber);
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) throw malformed(text);
  return hostTensor(dtype as DType, shape, data);
}

function parseNumber(word: string): number {
  const value = words[word] ?? Number(word);
  if (Number.isNaN(value) && word !== 'nan') throw malformed(word);
  return value;
}

function malformed(text: string): SerializationError {
  return new SerializationError(
    'VECTORS_TENSOR',
    `vectors: the text is not a tensor, got ${JSON.stringify(text.slice(0, 60))}.\nExpected a dtype, a shape and as many numbers, like "float32[2,3] 0.5 -1 nan inf 0 1".`,
  );
}
