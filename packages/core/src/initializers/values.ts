/** Returns the number of elements of a shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Multiplies values by a scale and adds a shift, each step rounded to float32; returns the same array. */
export function scaleInPlace(values: Float32Array, scale: number, shift = 0): Float32Array {
  const factor = Math.fround(scale);
  const offset = Math.fround(shift);
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.fround((values[index] as number) * factor) + offset;
  }
  return values;
}
