/** Returns the number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Returns the distance between neighbours on each axis of a row-major tensor. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Returns the offset of every index of a shape, in row-major order: `Σ index · stride`. */
export function offsetsOf(shape: readonly number[], strides: readonly number[]): Int32Array {
  let offsets = Int32Array.of(0);
  for (const [axis, size] of shape.entries()) {
    const outer = offsets;
    const stride = strides[axis] as number;
    offsets = new Int32Array(outer.length * size);
    for (let at = 0; at < offsets.length; at++) {
      offsets[at] = (outer[Math.floor(at / size)] as number) + (at % size) * stride;
    }
  }
  return offsets;
}

/**
 * Returns the offsets that read an operand as if it were stretched to a shape by NumPy's rule: shapes are aligned
 * at the last axis, and one step along a stretched axis stays at the same element.
 */
export function broadcastOffsets(operand: readonly number[], shape: readonly number[]): Int32Array {
  const own = stridesOf(operand);
  const missing = shape.length - operand.length;
  const strides = shape.map((size, axis) =>
    operand[axis - missing] === size ? (own[axis - missing] as number) : 0,
  );
  return offsetsOf(shape, strides);
}
