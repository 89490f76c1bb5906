import type { DeviceTensorV1, HostTensor } from '@etalon/spec';

/** Tells whether a leaf of a tree is a tensor on the host. */
export function isHostTensor(value: unknown): value is HostTensor {
  return isTyped(value) && 'data' in value;
}

/** Tells whether a leaf of a tree is a tensor with values, on the host or on a device. */
export function isValue(value: unknown): value is HostTensor | DeviceTensorV1 {
  return isTyped(value) && ('data' in value || 'read' in value);
}

function isTyped(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'dtype' in value;
}
