import { DatasetError } from '../errors.ts';
import type { ElementArray } from './tensors.ts';

type RowArray = ElementArray | Uint32Array;

// Below this many elements a plain loop beats the fixed cost of subarray() and set(): on Node 20 both
// took 3 µs for 64 float32 rows of 16 to 24.
const shortRow = 16;

/** Copies the rows `indices` of `source` to consecutive rows of `target`; indices must be checked. */
export function gatherRows(
  source: RowArray,
  rowLength: number,
  indices: Uint32Array,
  target: RowArray,
): void {
  const count = indices.length;
  if (rowLength < shortRow) {
    let to = 0;
    for (let position = 0; position < count; position += 1) {
      const from = (indices[position] as number) * rowLength;
      for (let offset = 0; offset < rowLength; offset += 1, to += 1) {
        target[to] = source[from + offset] as number;
      }
    }
    return;
  }
  let position = 0;
  while (position < count) {
    const first = indices[position] as number;
    let run = 1;
    // Evaluation and unshuffled batches read consecutive examples: one copy for the whole run.
    while (position + run < count && indices[position + run] === first + run) {
      run += 1;
    }
    target.set(source.subarray(first * rowLength, (first + run) * rowLength), position * rowLength);
    position += run;
  }
}

/** Copies consecutive rows of `source` to the rows `indices` of `target`; indices must be checked. */
export function scatterRows(
  source: RowArray,
  rowLength: number,
  indices: Uint32Array,
  target: RowArray,
): void {
  for (let position = 0; position < indices.length; position += 1) {
    const from = position * rowLength;
    const to = (indices[position] as number) * rowLength;
    if (rowLength < shortRow) {
      for (let offset = 0; offset < rowLength; offset += 1) {
        target[to + offset] = source[from + offset] as number;
      }
    } else {
      target.set(source.subarray(from, from + rowLength), to);
    }
  }
}

export function checkIndices(where: string, indices: ArrayLike<number>, size: number): void {
  for (let position = 0; position < indices.length; position += 1) {
    const index = indices[position] as number;
    // The second test catches fractions, negatives and NaN when a plain array was passed.
    if (!(index < size) || index >>> 0 !== index) {
      throw new DatasetError(
        'EXAMPLE_OUT_OF_RANGE',
        [
          `${where}: indices[${position}] is not an example, got ${index}.`,
          size === 0
            ? 'The data set is empty.'
            : `Expected an integer from 0 to ${size - 1}: the data set has ${size} examples.`,
        ],
        { details: { position, index, size } },
      );
    }
  }
}

export function consecutiveIndices(start: number, count: number): Uint32Array {
  const indices = new Uint32Array(count);
  for (let position = 0; position < count; position += 1) {
    indices[position] = start + position;
  }
  return indices;
}
