import type { HostTensor } from '@etalon/spec';

const arrays = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
  uint8: Uint8Array,
} as const;

/** Returns tensors one after another along their first axis; all have the dtype and row shape of the first. */
export function joinTensors(tensors: readonly [HostTensor, ...HostTensor[]]): HostTensor {
  const [first] = tensors;
  if (tensors.length === 1) return first;
  const { dtype, shape } = first;
  const length = tensors.reduce((total, { data }) => total + data.length, 0);
  const rows = tensors.reduce((total, tensor) => total + (tensor.shape[0] ?? 0), 0);
  const data = new arrays[dtype](length);
  let at = 0;
  for (const tensor of tensors) {
    data.set(tensor.data, at);
    at += tensor.data.length;
  }
  return { dtype, shape: [rows, ...shape.slice(1)], data } as HostTensor;
}
