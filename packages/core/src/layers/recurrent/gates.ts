import type { Tensor } from '@etalon/compiler';
import { slice } from '@etalon/compiler';

/** Cuts `[batch, count · units]` into its gates, `[batch, units]` each. */
export function gatesOf(tensor: Tensor, count: number, units: number): readonly Tensor[] {
  const [batch = 1] = tensor.shape;
  return Array.from({ length: count }, (_, at) =>
    slice(tensor, { starts: [0, at * units], sizes: [batch, units] }),
  );
}
