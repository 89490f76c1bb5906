import { EnvironmentError } from '../errors.ts';
import type { AnySpace } from './any-space.ts';
import type { BoxDtype } from './box.ts';
import { Box } from './box.ts';
import type { Space } from './space.ts';

/**
 * Returns how many numbers {@link flatten} makes of a value: `flatdim` of `gymnasium/spaces/utils.py`.
 *
 * @throws {EnvironmentError} `NOT_FLAT` where values have no fixed size: those of graphs and sequences.
 */
export function flatSize(space: Space): number {
  const own = space as AnySpace;
  switch (own.kind) {
    case 'box':
    case 'multiBinary':
      return own.size;
    case 'discrete':
      return own.count;
    case 'multiDiscrete':
      return own.counts.reduce((sum, count) => sum + count, 0);
    case 'text':
      return own.maxLength;
    case 'tuple':
    case 'dict':
      return Object.values(own.spaces).reduce((sum, part) => sum + flatSize(part), 0);
    case 'oneOf':
      return 1 + Math.max(...own.spaces.map(flatSize));
    case 'sequence':
    case 'graph':
      throw new EnvironmentError('NOT_FLAT', [
        `flatten: values must have a fixed size, got those of ${space}.`,
        'Expected no Sequence and no Graph.',
      ]);
  }
}

/**
 * Returns a value as numbers in a row: one-hot where it is discrete, character by character where it is a text, parts one after another.
 *
 * @param space - of the value.
 * @param value - a value of the space.
 * @param numbers - where to write them, `[flatSize(space)]`; default a new array.
 * @throws {EnvironmentError} `NOT_FLAT` where values have no fixed size.
 */
export function flatten(
  space: Space,
  value: unknown,
  numbers: Float32Array | Float64Array = new Float32Array(flatSize(space)),
): Float32Array | Float64Array {
  const own = space as AnySpace;
  switch (own.kind) {
    case 'box':
    case 'multiBinary':
      numbers.set(value as ArrayLike<number>);
      break;
    case 'discrete':
      numbers.fill(0)[(value as number) - own.start] = 1;
      break;
    case 'multiDiscrete': {
      let from = 0;
      numbers.fill(0);
      for (const [at, count] of own.counts.entries()) {
        numbers[from + ((value as ArrayLike<number>)[at] ?? 0) - (own.starts[at] ?? 0)] = 1;
        from += count;
      }
      break;
    }
    case 'text':
      numbers.fill([...own.characters].length);
      numbers.set(Array.from(value as string, (letter) => [...own.characters].indexOf(letter)));
      break;
    case 'tuple':
    case 'dict': {
      let from = 0;
      for (const [name, part] of Object.entries(own.spaces)) {
        const size = flatSize(part);
        const one = (value as Record<string, unknown>)[name];
        flatten(part, one, numbers.subarray(from, from + size));
        from += size;
      }
      break;
    }
    case 'oneOf': {
      const [at, one] = value as [number, unknown];
      const part = own.spaces[at] as Space;
      const size = 1 + flatSize(part);
      flatten(part, one, numbers.subarray(1, size));
      // What is left takes the first number, as in Gymnasium.
      numbers.fill(numbers[1] ?? 0, size);
      numbers[0] = at;
      break;
    }
    default:
      flatSize(space);
  }
  return numbers;
}

/**
 * Returns the value that {@link flatten} made numbers of.
 *
 * @throws {EnvironmentError} `NOT_FLAT` where values have no fixed size, or numbers that should be one-hot have no 1.
 */
export function unflatten<Value>(space: Space<Value>, numbers: Float32Array | Float64Array): Value {
  return read(space, numbers) as Value;
}

function read(space: Space, numbers: Float32Array | Float64Array): unknown {
  const own = space as AnySpace;
  switch (own.kind) {
    case 'box':
      return own.low.map((_, at) => numbers[at] ?? 0);
    case 'multiBinary':
      return Int8Array.from(numbers);
    case 'discrete':
      return own.start + hotOf(space, numbers);
    case 'multiDiscrete': {
      let from = 0;
      return Int32Array.from(own.counts, (count, at) => {
        from += count;
        return (own.starts[at] ?? 0) + hotOf(space, numbers.subarray(from - count, from));
      });
    }
    case 'text':
      return Array.from(numbers, (at) => [...own.characters][at] ?? '').join('');
    case 'tuple':
    case 'dict': {
      let from = 0;
      const entries = Object.entries(own.spaces).map(([name, part]) => {
        const size = flatSize(part);
        from += size;
        return [name, read(part, numbers.subarray(from - size, from))] as const;
      });
      return own.kind === 'dict' ? Object.fromEntries(entries) : entries.map(([, value]) => value);
    }
    case 'oneOf': {
      const at = numbers[0] ?? 0;
      const part = own.spaces[at] as Space;
      return [at, read(part, numbers.subarray(1, 1 + flatSize(part)))];
    }
    default:
      return flatSize(space);
  }
}

function hotOf(space: Space, numbers: Float32Array | Float64Array): number {
  const at = numbers.findIndex((number) => number !== 0);
  if (at >= 0) return at;
  throw new EnvironmentError('NOT_FLAT', [
    `unflatten: one number must be 1 where ${space} is discrete, got zeros only.`,
  ]);
}

/**
 * Returns the box of the numbers that {@link flatten} makes: `flatten_space` of `gymnasium/spaces/utils.py`. Its data type is float32.
 *
 * @throws {EnvironmentError} `NOT_FLAT` where values have no fixed size.
 */
export function flattenSpace(space: Space): Box {
  const [low, high] = boundsOf(space);
  return new Box({ low, high, shape: [low.length] });
}

function boundsOf(space: Space): readonly [number[], number[]] {
  const own = space as AnySpace;
  const all = (value: number): number[] => Array<number>(flatSize(space)).fill(value);
  switch (own.kind) {
    case 'box': {
      const { low, high } = own as Box<BoxDtype>;
      return [Array.from(low, Math.fround), Array.from(high, Math.fround)];
    }
    case 'text':
      return [all(0), all([...own.characters].length)];
    case 'tuple':
    case 'dict': {
      const parts = Object.values(own.spaces).map(boundsOf);
      return [parts.flatMap(([low]) => low), parts.flatMap(([, high]) => high)];
    }
    case 'oneOf': {
      const parts = own.spaces.map(boundsOf);
      const [low, high] = [all(Math.min(...parts.flatMap(([least]) => least))), all(0)];
      high.fill(Math.max(...parts.flatMap(([, most]) => most)));
      low[0] = 0;
      high[0] = own.spaces.length - 1;
      return [low, high];
    }
    default:
      return [all(0), all(1)];
  }
}
