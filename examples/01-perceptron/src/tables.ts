import type { HostTensorOf } from '@etalon/core';

/** Truth tables of two inputs, for 00, 01, 10 and 11. */
export const tables: Readonly<Record<TableName, readonly number[]>> = {
  and: [-1, -1, -1, 1],
  or: [-1, 1, 1, 1],
  xor: [-1, 1, 1, -1],
};

/** A truth table. */
export type TableName = 'and' | 'or' | 'xor';

/** The four inputs `[4, 2]`. */
export const inputs: HostTensorOf<'float32'> = {
  dtype: 'float32',
  shape: [4, 2],
  data: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
};

/** What the table says of them, -1 or 1: `[4, 1]`. */
export function targetsOf(name: TableName): HostTensorOf<'float32'> {
  return { dtype: 'float32', shape: [4, 1], data: Float32Array.from(tables[name]) };
}
