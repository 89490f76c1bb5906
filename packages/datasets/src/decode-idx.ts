import { DatasetError } from './errors.ts';
import type { HostTensor } from './host-tensor.ts';
import type { IdxType } from './internal/idx-format.ts';
import { hasGzipMagic, idxTypes, parseIdxHeader } from './internal/idx-format.ts';
import type { ElementArray } from './internal/tensors.ts';
import { allocateElements, elementCount, formatType, hostTensor } from './internal/tensors.ts';

/** How {@link decodeIdx} reports errors. */
export interface DecodeIdxOptions {
  /** What error messages call the input, for example its path. Default: `'decodeIdx'`. */
  readonly where?: string;
}

/**
 * Returns the tensor in an IDX file, the format of MNIST.
 *
 * uint8, int32 and float32 keep their type. int8 and int16 become int32, which holds every value;
 * float64 becomes float32, rounded to nearest. Sizes of 0 are permitted, a file without dimensions is not.
 * The tensor never shares memory with `bytes`.
 *
 * @param bytes - the whole file, not compressed
 * @throws {DatasetError} `IDX_TRUNCATED`, `IDX_OVERSIZED`, `IDX_BAD_MAGIC`, `IDX_UNKNOWN_TYPE`,
 * `IDX_NO_DIMENSIONS`, `IDX_GZIP`
 * @see LeCun, Cortes and Burges, "The MNIST database of handwritten digits", section "The IDX file format"
 * @example
 * ```ts
 * const response = await fetch('train-labels-idx1-ubyte');
 * const labels = decodeIdx(new Uint8Array(await response.arrayBuffer()), { where: 'train labels' });
 * ```
 */
export function decodeIdx(bytes: Uint8Array, options: DecodeIdxOptions = {}): HostTensor {
  const { where = 'decodeIdx' } = options;
  if (hasGzipMagic(bytes)) {
    throw new DatasetError('IDX_GZIP', [
      `${where}: the file is compressed, got the gzip magic number 1f 8b.`,
      'Expected an uncompressed IDX file, which starts with 00 00.',
      "Fix: decompress it first: in Node readIdxFile() of '@etalon/datasets/node' does it, in a page",
      "new Response(response.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer().",
    ]);
  }
  const { type, shape, headerLength, byteLength } = parseIdxHeader(bytes, where);
  if (bytes.length !== byteLength) {
    const short = bytes.length < byteLength;
    throw new DatasetError(short ? 'IDX_TRUNCATED' : 'IDX_OVERSIZED', [
      `${where}: the file is ${short ? 'shorter' : 'longer'} than its header says, got ${bytes.length} bytes.`,
      `Expected ${byteLength} for ${formatType(type, shape)}.`,
    ]);
  }
  const dtype = idxTypes[type].decodesTo;
  const data = allocateElements(dtype, elementCount(shape));
  readers[type](bytes.subarray(headerLength), data);
  return hostTensor(dtype, shape, data);
}

type Reader = (bytes: Uint8Array, data: ElementArray) => void;

const readers: { readonly [T in IdxType]: Reader } = {
  uint8: (bytes, data) => data.set(bytes),
  int8: (bytes, data) => data.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)),
  int16: elementwise(2, (view, offset) => view.getInt16(offset)),
  int32: elementwise(4, (view, offset) => view.getInt32(offset)),
  float32: elementwise(4, (view, offset) => view.getFloat32(offset)),
  float64: elementwise(8, (view, offset) => view.getFloat64(offset)),
};

function elementwise(size: number, read: (view: DataView, offset: number) => number): Reader {
  return (bytes, data) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let position = 0; position < data.length; position += 1) {
      data[position] = read(view, position * size);
    }
  };
}
