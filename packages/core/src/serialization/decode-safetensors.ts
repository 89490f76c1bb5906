import type { HostTensor } from '@etalon/spec';
import { SerializationError } from '@etalon/spec';
import { swapElements } from './little-endian.ts';
import { countOf, elementTypes, storedTypes, tensorOf } from './safetensors-dtype.ts';
import type { TensorEntry } from './safetensors-header.ts';
import { readHeader } from './safetensors-header.ts';

/** Content of a safetensors file. */
export interface Safetensors {
  /** Tensors by name, in memory of their own. */
  readonly tensors: Readonly<Record<string, HostTensor>>;
  /** Texts by name; empty when the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Options of `decodeSafetensors`. */
export interface DecodeSafetensorsOptions {
  /** Begins messages, such as the file's path; default `safetensors`. */
  readonly where?: string;
}

/**
 * Reads a safetensors file. Everything is checked before a tensor is made.
 *
 * @throws {SerializationError} with a code for what is wrong: `SAFETENSORS_TRUNCATED`, `SAFETENSORS_HEADER_SIZE`,
 * `SAFETENSORS_JSON`, `SAFETENSORS_DUPLICATE_NAME`, `SAFETENSORS_METADATA`, `SAFETENSORS_DTYPE` for an element type
 * other than F32, I32, U8 and BOOL, `SAFETENSORS_BYTES` when shape and number of bytes do not agree,
 * `SAFETENSORS_OFFSETS` when tensors overlap or leave gaps, `SAFETENSORS_BOOL` for a truth value that is neither 0
 * nor 1.
 * @see The format: github.com/huggingface/safetensors, README, "Format"
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { where = 'safetensors' }: DecodeSafetensorsOptions = {},
): Safetensors {
  const { entries, metadata, dataStart } = readHeader(where, bytes);
  for (const entry of entries) requireSize(where, entry);
  const data = bytes.subarray(dataStart);
  requireLayout(where, entries, data.length);
  for (const entry of entries) requireTruthValues(where, entry, data);
  const tensors = entries.map((entry) => [entry.name, readTensor(entry, data)] as const);
  return { tensors: Object.fromEntries(tensors), metadata };
}

function dtypeOf({ stored }: TensorEntry): HostTensor['dtype'] | undefined {
  return Object.hasOwn(storedTypes, stored)
    ? storedTypes[stored as keyof typeof storedTypes]
    : undefined;
}

function requireSize(where: string, entry: TensorEntry): void {
  const { name, stored, shape, begin, end } = entry;
  const dtype = dtypeOf(entry);
  if (dtype === undefined) {
    throw new SerializationError(
      'SAFETENSORS_DTYPE',
      `${where}: tensor ${JSON.stringify(name)} has an element type that Etalon lacks, got ${JSON.stringify(stored)}.\nExpected one of ${JSON.stringify(Object.keys(storedTypes))}.\nFix: convert it where the file is made, other floats to F32.`,
      { details: { name, received: stored } },
    );
  }
  const expected = countOf(shape) * elementTypes[dtype].width;
  if (end - begin === expected) return;
  throw new SerializationError(
    'SAFETENSORS_BYTES',
    `${where}: the bytes of tensor ${JSON.stringify(name)} do not make its shape, got ${end - begin} for ${stored}[${shape.join(', ')}].\nExpected ${expected}.`,
    { details: { name, received: end - begin, expected } },
  );
}

// One after the other from the first byte to the last, as the format demands.
function requireLayout(where: string, entries: readonly TensorEntry[], length: number): void {
  let next = 0;
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, begin, end } of ordered) {
    if (begin !== next) {
      throw new SerializationError(
        'SAFETENSORS_OFFSETS',
        `${where}: tensor ${JSON.stringify(name)} ${begin < next ? 'overlaps the one before it' : 'leaves a gap before it'}, got offset ${begin}.\nExpected ${next}.`,
        { details: { name, received: begin, expected: next } },
      );
    }
    next = end;
  }
  if (next > length) {
    throw new SerializationError(
      'SAFETENSORS_TRUNCATED',
      `${where}: the file ends inside its tensors, got ${length} bytes of data.\nExpected ${next}.`,
      { details: { received: length, expected: next } },
    );
  }
  if (next < length) {
    throw new SerializationError(
      'SAFETENSORS_OFFSETS',
      `${where}: there are bytes after the last tensor, got ${length} bytes of data.\nExpected ${next}.`,
      { details: { received: length, expected: next } },
    );
  }
}

function requireTruthValues(where: string, entry: TensorEntry, data: Uint8Array): void {
  const { name, begin, end } = entry;
  if (dtypeOf(entry) !== 'bool') return;
  const at = data.subarray(begin, end).findIndex((byte) => byte > 1);
  if (at < 0) return;
  throw new SerializationError(
    'SAFETENSORS_BOOL',
    `${where}: tensor ${JSON.stringify(name)} holds a truth value that is neither 0 nor 1, got ${data[begin + at]} at element ${at}.`,
    { details: { name, element: at } },
  );
}

function readTensor(entry: TensorEntry, data: Uint8Array): HostTensor {
  const dtype = dtypeOf(entry) ?? 'uint8';
  // a copy has its own buffer, aligned for any element type
  const bytes = new Uint8Array(entry.end - entry.begin);
  bytes.set(data.subarray(entry.begin, entry.end));
  swapElements(bytes, elementTypes[dtype].width);
  return tensorOf(dtype, entry.shape, bytes.buffer);
}
