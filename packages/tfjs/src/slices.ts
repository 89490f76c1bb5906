import type { Engine } from './engines/engine.ts';
import { sizeOf } from './kernels/strided.ts';
import type { TfjsDType, TfjsTensor } from './runtime.ts';

/** Returns a copy of one slice along the first axis. */
export function copySlice(engine: Engine, whole: TfjsTensor, index: number): TfjsTensor {
  const shape = whole.shape.slice(1);
  const size = sizeOf(shape);
  const slice = engine.allocate(whole.dtype as TfjsDType, shape);
  engine.view(slice).set(engine.view(whole).subarray(index * size, (index + 1) * size));
  return slice;
}

/** Writes one slice along the first axis. */
export function pasteSlice(
  engine: Engine,
  whole: TfjsTensor,
  slice: TfjsTensor,
  index: number,
): void {
  const size = sizeOf(slice.shape);
  engine.view(whole).set(engine.view(slice), index * size);
}
