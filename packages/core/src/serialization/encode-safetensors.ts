import type { HostTensor } from '@etalon/spec';
import { SerializationError } from '@etalon/spec';
import { swapElements } from './little-endian.ts';
import { countOf, elementTypes } from './safetensors-dtype.ts';
import { largestHeader, lengthBytes, metadataName } from './safetensors-header.ts';
import { encodeUtf8, isWellFormed } from './utf8.ts';

const where = 'encodeSafetensors';

/** The header ends where the data begins, and is filled up with spaces so that this is a multiple of eight. */
const alignment = 8;

/**
 * Writes tensors as a safetensors file. Equal content gives equal bytes: tensors lie in the order F32, I32, U8, BOOL
 * and then of their names, as the `safetensors` library has them, and metadata in the order of its keys, which the
 * library leaves to chance.
 *
 * @param tensors - by name; any name but `__metadata__`.
 * @param metadata - texts by name.
 * @throws {SerializationError} `SAFETENSORS_NAME` for a name that the format cannot hold, `SAFETENSORS_TENSOR` when a
 * tensor's data does not fit its type, `SAFETENSORS_METADATA` when a value is no text, `SAFETENSORS_HEADER_SIZE` for
 * more than 100 MB of header.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, HostTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(tensors).sort(
    ([nameA, a], [nameB, b]) => rankOf(b) - rankOf(a) || compareTexts(nameA, nameB),
  );
  const header = headerBytes(entries, metadata);
  const dataStart = lengthBytes + header.length;
  const total = entries.reduce((sum, [, { data }]) => sum + data.byteLength, dataStart);
  const bytes = new Uint8Array(total);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, lengthBytes);
  let at = dataStart;
  for (const [, { dtype, data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    swapElements(bytes.subarray(at, at + data.byteLength), elementTypes[dtype].width);
    at += data.byteLength;
  }
  return bytes;
}

function headerBytes(
  entries: readonly (readonly [string, HostTensor])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const members: string[] = [];
  const texts = Object.entries(metadata).sort(([a], [b]) => compareTexts(a, b));
  // written member by member, since an object would put keys such as "0" first
  if (texts.length > 0) {
    const pairs = texts.map(([key, text]) => {
      requireMetadata(key, text);
      return member(key, JSON.stringify(text));
    });
    members.push(member(metadataName, `{${pairs.join(',')}}`));
  }
  let begin = 0;
  for (const [name, tensor] of entries) {
    requireName(name);
    requireTensor(name, tensor);
    const end = begin + tensor.data.byteLength;
    const { stored: dtype } = elementTypes[tensor.dtype];
    const { shape } = tensor;
    members.push(member(name, JSON.stringify({ dtype, shape, data_offsets: [begin, end] })));
    begin = end;
  }
  const json = `{${members.join(',')}}`;
  // before memory is taken for the bytes, of which there are no fewer
  requireHeaderSize(json.length);
  const text = encodeUtf8(json);
  const length = Math.ceil(text.length / alignment) * alignment;
  requireHeaderSize(length);
  const header = new Uint8Array(length).fill(' '.charCodeAt(0));
  header.set(text);
  return header;
}

function member(key: string, json: string): string {
  return `${JSON.stringify(key)}:${json}`;
}

function requireHeaderSize(length: number): void {
  if (length <= largestHeader) return;
  throw new SerializationError(
    'SAFETENSORS_HEADER_SIZE',
    `${where}: the header would be too long, got ${length} bytes.\nExpected at most ${largestHeader}.`,
    { details: { length } },
  );
}

function rankOf({ dtype }: HostTensor): number {
  return Object.hasOwn(elementTypes, dtype) ? elementTypes[dtype].rank : -1;
}

// In the order of code points, which is that of the UTF-8 bytes; < would compare halves of surrogate pairs.
function compareTexts(a: string, b: string): number {
  const others = b[Symbol.iterator]();
  for (const character of a) {
    const other = others.next().value;
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return others.next().done ? 0 : -1;
}

function requireName(name: string): void {
  if (name !== metadataName && isWellFormed(name)) return;
  throw new SerializationError(
    'SAFETENSORS_NAME',
    `${where}: a tensor cannot have this name, got ${JSON.stringify(name)}.\nExpected any well-formed text but ${JSON.stringify(metadataName)}.`,
    { details: { name } },
  );
}

function requireMetadata(key: string, text: unknown): void {
  if (typeof text === 'string' && isWellFormed(text) && isWellFormed(key)) return;
  throw new SerializationError(
    'SAFETENSORS_METADATA',
    `${where}: metadata must be well-formed texts by name, got ${JSON.stringify(text)?.slice(0, 80)} for ${JSON.stringify(key)}.\nFix: store other values as JSON.stringify(value).`,
    { details: { key } },
  );
}

function requireTensor(name: string, { dtype, shape, data }: HostTensor): void {
  const type = Object.hasOwn(elementTypes, dtype) ? elementTypes[dtype] : undefined;
  const isShape = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const array: string = data[Symbol.toStringTag];
  if (type !== undefined && isShape && array === type.array && data.length === countOf(shape)) {
    return;
  }
  throw new SerializationError(
    'SAFETENSORS_TENSOR',
    `${where}: the data of tensor ${JSON.stringify(name)} does not fit its type, got ${array} of ${data.length} for ${dtype}[${shape.join(', ')}].${
      type === undefined ? '' : `\nExpected ${type.array} of ${countOf(shape)}.`
    }`,
    { details: { name } },
  );
}
