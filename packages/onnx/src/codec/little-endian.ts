/** Any typed array of numbers. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Returns the elements as little-endian bytes, the order of `TensorProto.raw_data`.
 *
 * On a little-endian host the result is a view of the same memory, so nothing is copied.
 */
export function littleEndianBytes(
  data: NumericArray,
  littleEndianHost: boolean = hostIsLittleEndian,
): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return littleEndianHost ? bytes : reversedElements(bytes, data.BYTES_PER_ELEMENT);
}

/**
 * Returns little-endian bytes in a fresh buffer, in the host's order, aligned for any typed array.
 *
 * @param width - bytes per element; divides `bytes.length`
 */
export function hostBuffer(
  bytes: Uint8Array,
  width: number,
  littleEndianHost: boolean = hostIsLittleEndian,
): ArrayBuffer {
  return (littleEndianHost ? new Uint8Array(bytes) : reversedElements(bytes, width)).buffer;
}

function reversedElements(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes);
  for (let start = 0; start < result.length; start += width) {
    result.subarray(start, start + width).reverse();
  }
  return result;
}
