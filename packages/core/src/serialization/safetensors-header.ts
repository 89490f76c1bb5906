import { SerializationError } from '@etalon/spec';
import { repeatedKey } from './repeated-key.ts';
import { decodeUtf8, isWellFormed } from './utf8.ts';

/** Bytes of the number that a file begins with: the header's length. */
export const lengthBytes = 8;

/** Largest header that the `safetensors` library reads or that is written here, in bytes. */
export const largestHeader = 100_000_000;

/** Name in the header that holds texts instead of a tensor. */
export const metadataName = '__metadata__';

/** A tensor as the header describes it, not yet checked against the data. */
export interface TensorEntry {
  readonly name: string;
  readonly stored: string;
  readonly shape: readonly number[];
  /** Offsets of the first byte and after the last, from the beginning of the data. */
  readonly begin: number;
  readonly end: number;
}

/** What a file's header says. */
export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Offset of the data in the file. */
  readonly dataStart: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a file's header.
 *
 * @throws {SerializationError} `SAFETENSORS_TRUNCATED`, `SAFETENSORS_HEADER_SIZE`, `SAFETENSORS_JSON`,
 * `SAFETENSORS_DUPLICATE_NAME`, `SAFETENSORS_METADATA`.
 */
export function readHeader(where: string, bytes: Uint8Array): SafetensorsHeader {
  const dataStart = lengthBytes + headerLength(where, bytes);
  const text = decodeUtf8(bytes.subarray(lengthBytes, dataStart));
  if (text === undefined) throw malformed(where, 'the header is not UTF-8');
  if (!text.startsWith('{')) {
    throw malformed(
      where,
      `the header must begin with {, got ${JSON.stringify(text.slice(0, 20))}`,
    );
  }
  const fields = parseObject(where, text);
  const { [metadataName]: metadata = {}, ...tensors } = fields;
  return {
    entries: Object.entries(tensors).map(([name, value]) => readEntry(where, name, value)),
    metadata: readMetadata(where, metadata),
    dataStart,
  };
}

function headerLength(where: string, bytes: Uint8Array): number {
  if (bytes.length < lengthBytes) {
    throw new SerializationError(
      'SAFETENSORS_TRUNCATED',
      `${where}: the file ends inside the header's length, got ${bytes.length} bytes.\nExpected at least ${lengthBytes}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes);
  const length = Number(view.getBigUint64(0, true));
  if (length > largestHeader) {
    throw new SerializationError(
      'SAFETENSORS_HEADER_SIZE',
      `${where}: the header is too long, got ${length} bytes.\nExpected at most ${largestHeader}; the file may be none of safetensors.`,
      { details: { length } },
    );
  }
  if (bytes.length - lengthBytes < length) {
    throw new SerializationError(
      'SAFETENSORS_TRUNCATED',
      `${where}: the file ends inside its header, got ${bytes.length} bytes.\nExpected at least ${lengthBytes + length}.`,
      { details: { received: bytes.length, expected: lengthBytes + length } },
    );
  }
  return length;
}

function parseObject(where: string, text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw malformed(where, `the header is not JSON, got "${reason}"`, cause);
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) {
    throw new SerializationError(
      'SAFETENSORS_DUPLICATE_NAME',
      `${where}: a name occurs twice in the header, got ${JSON.stringify(repeated)}.`,
      { details: { name: repeated } },
    );
  }
  // the text begins with a brace
  return value as Fields;
}

function readMetadata(where: string, value: unknown): Readonly<Record<string, string>> {
  if (isRecord(value)) {
    const entries = Object.entries(value);
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
      return Object.fromEntries(entries);
    }
  }
  throw new SerializationError(
    'SAFETENSORS_METADATA',
    `${where}: metadata must be texts by name, got ${JSON.stringify(value).slice(0, 80)}.`,
  );
}

function readEntry(where: string, name: string, value: unknown): TensorEntry {
  if (!isWellFormed(name)) {
    throw malformed(where, `a name holds half a surrogate pair, got ${JSON.stringify(name)}`);
  }
  if (isRecord(value)) {
    const { dtype: stored, shape, data_offsets: offsets } = value;
    if (typeof stored === 'string' && isSizes(shape) && isSizes(offsets)) {
      const [begin, end] = offsets;
      if (begin !== undefined && end !== undefined && offsets.length === 2) {
        return { name, stored, shape, begin, end };
      }
    }
  }
  throw malformed(
    where,
    `tensor ${JSON.stringify(name)} needs dtype, shape and two data_offsets, got ${JSON.stringify(value).slice(0, 80)}`,
  );
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function malformed(where: string, what: string, cause?: unknown): SerializationError {
  return new SerializationError(
    'SAFETENSORS_JSON',
    `${where}: ${what}.`,
    cause === undefined ? {} : { cause },
  );
}
