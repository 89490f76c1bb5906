import type { DType, HostTensor, ProgramV1 } from '@etalon/spec';

/** Sizes of the names that the programs use. */
export interface NamedSizes {
  readonly n: number;
  readonly m: number;
}

/** Returns inputs of a program, between -2 and 2 where they are float32. */
export function inputsFor(
  program: ProgramV1,
  sizes: NamedSizes,
  seed: number,
): Readonly<Record<string, HostTensor>> {
  let state = seed;
  // Linear congruential generator of Numerical Recipes: enough to vary the data.
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Object.fromEntries(
    program.inputs.map(({ name, value }): [string, HostTensor] => {
      const { dtype, shape: declared } = program.values[value] ?? { dtype: 'float32', shape: [] };
      const shape = declared.map((size) =>
        typeof size === 'string' ? sizes[size as keyof NamedSizes] : Number(size),
      );
      return [name, fill(dtype, shape, next)];
    }),
  );
}

function fill(dtype: DType, shape: readonly number[], next: () => number): HostTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: Float32Array.from({ length }, () => next() * 4 - 2) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from({ length }, () => Math.floor(next() * 7) - 3) };
    case 'bool':
    case 'uint8':
      return { dtype, shape, data: Uint8Array.from({ length }, () => Math.floor(next() * 2)) };
  }
}
