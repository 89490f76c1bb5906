import type { Tensor } from '@etalon/compiler';
import {
  add,
  cast,
  concat,
  constant,
  cos,
  formatType,
  mul,
  reshape,
  shapesEqual,
  sin,
  slice,
  sub,
} from '@etalon/compiler';
import { ShapeError } from '@etalon/spec';
import { positionsOf } from './positions.ts';

/** Options of {@link rotaryEmbedding}. */
export interface RotaryOptions {
  /** Wavelengths grow from 2π to 2π times this; default 10,000. */
  readonly base?: number;
}

/**
 * Turns pairs of features by an angle that grows with the position, so that the product of a query and a key depends on how far apart
 * they are: `[…, time, size]`, of the same shape. Su et al. 2021.
 *
 * With `h = size / 2`, features `i` and `i + h` are one pair, turned by `position · base^(-i/h)`: the convention of KerasHub, GPT-NeoX and
 * Llama in Transformers. The paper pairs `2i` and `2i + 1`: the same up to the order of the columns of the kernels that made `x`.
 *
 * @param positions - int32 `[time]`; default 0, 1, …
 * @throws {ShapeError} when the size is odd or not fixed, or the positions are not `[time]`.
 */
export function rotaryEmbedding(
  x: Tensor,
  positions?: Tensor,
  { base = 10_000 }: RotaryOptions = {},
): Tensor {
  const [time, size] = x.shape.slice(-2);
  if (time === undefined || typeof size !== 'number' || size < 2 || size % 2 !== 0) {
    throw new ShapeError(
      'SHAPE_ROTARY',
      `rotaryEmbedding: features are turned in pairs, got ${formatType(x)}.\nExpected […, time, size] with a size that is fixed and even.`,
    );
  }
  const at = positions ?? positionsOf(time);
  if (at.dtype !== 'int32' || !shapesEqual(at.shape, [time])) {
    const expected = formatType({ dtype: 'int32', shape: [time] });
    throw new ShapeError(
      'SHAPE_POSITIONS',
      `rotaryEmbedding: there must be a position for each step, got ${formatType(at)} for ${formatType(x)}.\nExpected ${expected}.`,
    );
  }
  const half = size / 2;
  const angles = anglesOf(
    at,
    Array.from({ length: half }, (_, i) => base ** (-i / half)),
  );
  const [sines, cosines] = [sin(angles), cos(angles)];
  const part = (start: number): Tensor =>
    slice(x, {
      starts: [...x.shape.slice(0, -1).map(() => 0), start],
      sizes: [...x.shape.slice(0, -1), half],
    });
  const [first, second] = [part(0), part(half)];
  return concat(
    [sub(mul(first, cosines), mul(second, sines)), add(mul(second, cosines), mul(first, sines))],
    { axis: -1 },
  );
}

/** Returns each position times each frequency: `[time, frequencies]`. */
export function anglesOf(positions: Tensor, frequencies: readonly number[]): Tensor {
  const column = reshape(cast(positions, 'float32'), [...positions.shape, 1]);
  return mul(column, constant(frequencies));
}
