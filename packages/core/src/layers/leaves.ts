import type { Tensor } from '@etalon/compiler';
import { flattenTree, formatType, isTensor } from '@etalon/compiler';
import { ProgramError } from '@etalon/spec';

/** A tensor of a tree, and where it is: `state/hidden`; the path of a tensor alone is empty. */
export type Leaf = readonly [path: string, tensor: Tensor];

/**
 * Returns the tensors that go into a layer or come out of it. For callers without types: a misspelt input is
 * undefined.
 *
 * @throws {ProgramError} when there is none, or something else among them.
 */
export function leavesOf(
  where: string,
  role: 'input' | 'output',
  value: unknown,
): readonly [Leaf, ...Leaf[]] {
  const [first, ...rest] = tensorsIn(value);
  if (first !== undefined) return [first, ...rest];
  throw new ProgramError(
    'LAYER_TENSOR',
    `${where}: the ${role === 'input' ? 'input must be' : 'layer must return'} a tensor or a tree of tensors, got ${describe(value)}.${
      typeof value === 'object' && value !== null
        ? '\nExpected nested plain objects and arrays with tensors at all leaves, and at least one. Fix: leave out what is not there.'
        : ''
    }`,
  );
}

/**
 * Checks that the input of a layer that takes one tensor is one.
 *
 * @throws {ProgramError} when it is a tree of tensors.
 */
export function requireOneTensor(where: string, value: unknown): asserts value is Tensor {
  if (isTensor(value)) return;
  throw new ProgramError(
    'LAYER_TENSOR',
    `${where}: the input must be a tensor, got ${describe(value)}.\nFix: give this layer one of them.`,
  );
}

// Without tensors where the value is no tree of them.
function tensorsIn(value: unknown): readonly Leaf[] {
  try {
    return flattenTree(value, isTensor);
  } catch {
    return [];
  }
}

// Two levels are enough to see what is missing.
function describe(value: unknown, depth = 0): string {
  if (isTensor(value)) return formatType(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === 2) return '…';
  if (Array.isArray(value)) return `[${value.map((item) => describe(item, depth + 1)).join(', ')}]`;
  // Instances of classes are no trees: a promise, say, of an asynchronous function.
  const { constructor: made } = value;
  if (typeof made === 'function' && made !== Object) return `a ${made.name}`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${key}: ${describe(item, depth + 1)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
