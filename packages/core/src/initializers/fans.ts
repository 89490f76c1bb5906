import { countOf } from './values.ts';

/** Number of values that flow into and out of one unit of a layer. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Returns the fans of a variable, as Keras' `compute_fans`: `[in, out]` for dense kernels; for convolution kernels
 * `[height, width, in, out]` both times the receptive field; for vectors the size twice; for scalars 1.
 */
export function fansOf(shape: readonly number[]): Fans {
  const out = shape.at(-1) ?? 1;
  const receptiveField = countOf(shape.slice(0, -2));
  return { fanIn: receptiveField * (shape.at(-2) ?? out), fanOut: receptiveField * out };
}
