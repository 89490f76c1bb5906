import type { PreparedProgram } from '@etalon/compiler';
import { evaluateShape } from '@etalon/compiler';
import type { Examples, FieldSpec } from './dataset.ts';
import type { DataProgram } from './run-on-data.ts';

const elementBytes = { float32: 4, int32: 4, bool: 1, uint8: 1 } as const;

/** Bytes of what a program reads of one example. */
export function bytesPerExample({ fields }: DataProgram, examples: Examples): number {
  const names = new Set([...fields.inputs, ...fields.targets]);
  return Object.entries(examples.fields)
    .filter(([name]) => names.has(name))
    .reduce((total, [, { dtype, shape }]) => total + elementBytes[dtype] * sizeOf(shape), 0);
}

/** Bytes of the random draws of one step, which become inputs of the call. */
export function drawBytesPerStep(
  { program }: PreparedProgram,
  examples: Examples,
  batchSize: number,
): number {
  const sizes = namedSizes(program, examples, batchSize);
  return program.inputs
    .filter(({ name }) => name.startsWith('random/'))
    .reduce((total, { value }) => {
      const { dtype, shape } = program.values[value] ?? { dtype: 'bool', shape: [] };
      return total + elementBytes[dtype] * sizeOf(evaluateShape(shape, sizes));
    }, 0);
}

// Sizes of one step, by the shapes of an example.
function namedSizes(
  { inputs, values }: PreparedProgram['program'],
  { fields }: Examples,
  batchSize: number,
): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const { name, value } of inputs) {
    const [axis, batch, ...others] = values[value]?.shape ?? [];
    if (name === 'indices') {
      if (typeof axis === 'string') sizes[axis] = 1;
      if (typeof batch === 'string') sizes[batch] = batchSize;
    }
    const field: FieldSpec | undefined = fields[name.replace(/^data\/(?:inputs|targets)\//u, '')];
    if (field === undefined) continue;
    if (typeof axis === 'string') sizes[axis] = batchSize;
    [...(batch === undefined ? [] : [batch]), ...others].forEach((size, at) => {
      if (typeof size === 'string') sizes[size] = field.shape[at] ?? 1;
    });
  }
  return sizes;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
