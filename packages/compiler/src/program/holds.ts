import type { DType } from '@etalon/spec';

const limits: { readonly [D in DType]: readonly [number, number] | undefined } = {
  float32: undefined,
  int32: [-(2 ** 31), 2 ** 31 - 1],
  bool: [0, 1],
  uint8: [0, 255],
};

/** Tells whether a dtype has a number: any for float32, which rounds it. */
export function holds(dtype: DType, value: number): boolean {
  const range = limits[dtype];
  if (range === undefined) return true;
  const [minimum, maximum] = range;
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
