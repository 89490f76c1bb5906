import { DatasetError } from '../errors.ts';
import type { DType } from '../host-tensor.ts';
import { elementCount } from './tensors.ts';

/** The element types that an IDX file can hold. */
export type IdxType = 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

interface IdxTypeInfo {
  /** The third byte of the file. */
  readonly code: number;
  readonly bytesPerElement: number;
  /** The tensor dtype that elements are decoded to. */
  readonly decodesTo: DType;
}

/** The table of types in "THE IDX FILE FORMAT", at the foot of LeCun's page on the MNIST database. */
export const idxTypes: { readonly [T in IdxType]: IdxTypeInfo } = {
  uint8: { code: 0x08, bytesPerElement: 1, decodesTo: 'uint8' },
  int8: { code: 0x09, bytesPerElement: 1, decodesTo: 'int32' },
  int16: { code: 0x0b, bytesPerElement: 2, decodesTo: 'int32' },
  int32: { code: 0x0c, bytesPerElement: 4, decodesTo: 'int32' },
  float32: { code: 0x0d, bytesPerElement: 4, decodesTo: 'float32' },
  float64: { code: 0x0e, bytesPerElement: 8, decodesTo: 'float32' },
};

/** The rank is one byte. */
export const idxMaxRank = 255;

/** The longest header possible: four bytes of magic number, then four for each axis. */
export const idxMaxHeaderLength: number = 4 + 4 * idxMaxRank;

export interface IdxHeader {
  readonly type: IdxType;
  readonly shape: readonly number[];
  readonly headerLength: number;
  /** The length of the whole file that the header announces; inexact above 2^53. */
  readonly byteLength: number;
}

export function hasGzipMagic(bytes: Uint8Array): boolean {
  // RFC 1952, section 2.3.1: ID1, ID2.
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

export function parseIdxHeader(bytes: Uint8Array, where: string): IdxHeader {
  const [high, low, code, rank] = bytes;
  if (high === undefined || low === undefined || code === undefined || rank === undefined) {
    throw new DatasetError('IDX_TRUNCATED', [
      `${where}: the file ends inside the magic number, got ${bytes.length} bytes.`,
      'Expected at least 4.',
    ]);
  }
  if (high !== 0 || low !== 0) {
    throw new DatasetError('IDX_BAD_MAGIC', [
      `${where}: not an IDX file, its first bytes got ${hex(bytes.subarray(0, 4))}.`,
      'Expected two zero bytes, a type code and the number of dimensions, for example 00 00 08 03.',
    ]);
  }
  const entry = Object.entries(idxTypes).find(([, info]) => info.code === code);
  if (entry === undefined) {
    const known = Object.entries(idxTypes).map(([name, info]) => `0x${byte(info.code)} (${name})`);
    throw new DatasetError('IDX_UNKNOWN_TYPE', [
      `${where}: unknown element type, got 0x${byte(code)}.`,
      `Expected one of ${known.join(', ')}.`,
    ]);
  }
  if (rank === 0) {
    throw new DatasetError('IDX_NO_DIMENSIONS', [
      `${where}: the file has no dimensions, got 0.`,
      `Expected 1 to ${idxMaxRank}.`,
    ]);
  }
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength) {
    throw new DatasetError('IDX_TRUNCATED', [
      `${where}: the file ends inside the sizes of its ${rank} dimensions, got ${bytes.length} bytes.`,
      `Expected at least ${headerLength}.`,
    ]);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const type = entry[0] as IdxType;
  const byteLength = headerLength + elementCount(shape) * idxTypes[type].bytesPerElement;
  return { type, shape, headerLength, byteLength };
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte).join(' ');
}
