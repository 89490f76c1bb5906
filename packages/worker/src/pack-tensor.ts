import type { HostTensor } from '@etalon/spec';

/**
 * Bytes from which a copy that moves is faster than a structured clone, which copies twice (out and in): measured in Node 20, where
 * moving a buffer has a fixed cost of some microseconds.
 */
const moveFrom = 65_536;

/**
 * Prepares a tensor for sending so that later writes to the caller's array do not matter, and that only its elements travel: a clone of a view would
 * take the whole buffer along, and shared memory would stay shared.
 *
 * @param transfer - gets the buffer that moves, if one does.
 * @returns the tensor, or one over a copy. A value that is no tensor is returned as it is.
 */
export function packTensor(tensor: HostTensor, transfer: ArrayBuffer[]): HostTensor {
  const { data } = tensor;
  if (!isArray(data)) return tensor;
  const { dtype, shape } = tensor;
  const isWhole = data.byteLength === data.buffer.byteLength && data.buffer instanceof ArrayBuffer;
  if (isWhole && data.byteLength < moveFrom) return { dtype, shape, data } as HostTensor;
  const copy = copyOf(data);
  if (copy.byteLength >= moveFrom) transfer.push(copy.buffer);
  return { dtype, shape, data: copy } as HostTensor;
}

/** Prepares a tensor whose array nobody else holds: its buffer moves where it can. */
export function packOwnTensor(tensor: HostTensor, transfer: ArrayBuffer[]): HostTensor {
  const { buffer, byteLength } = tensor.data;
  const canMove = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (!canMove) return packTensor(tensor, transfer);
  if (byteLength >= moveFrom) transfer.push(buffer);
  return tensor;
}

function isArray(data: unknown): data is HostTensor['data'] {
  return data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array;
}

// By constructor, not by `slice`: that of a Node `Buffer` is a view.
function copyOf(data: HostTensor['data']): HostTensor['data'] & { readonly buffer: ArrayBuffer } {
  if (data instanceof Float32Array) return new Float32Array(data);
  return data instanceof Int32Array ? new Int32Array(data) : new Uint8Array(data);
}
