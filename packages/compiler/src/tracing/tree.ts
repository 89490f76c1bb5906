import { ProgramError } from '@etalon/spec';

/**
 * Nested plain objects and arrays with something at the leaves: parameters, gradients, optimizer state. The
 * path of a leaf joins the keys with `/`: `dense_1/kernel`.
 */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** The same nesting with other leaves. */
export type MapTree<S, From, To> = S extends From
  ? To
  : S extends object
    ? { readonly [K in keyof S]: MapTree<S[K], From, To> }
    : S;

/**
 * Leaves of a tree with their paths, object keys in their own order.
 *
 * @throws {ProgramError} for anything but leaves, plain objects and arrays.
 */
export function flattenTree<T>(
  tree: unknown,
  isLeaf: (value: unknown) => value is T,
  path = '',
): readonly (readonly [string, T])[] {
  if (isLeaf(tree)) return [[path, tree]];
  if (!isNest(tree)) {
    throw new ProgramError(
      'TREE_LEAF',
      `tree: leaf ${JSON.stringify(path)} is not of the expected kind, got ${describe(tree)}.\nExpected nested plain objects and arrays of tensors.`,
    );
  }
  return Object.entries(tree).flatMap(([key, value]) =>
    flattenTree(value, isLeaf, path === '' ? key : `${path}/${key}`),
  );
}

/** Rebuilds a tree with new leaves; anything but leaves, plain objects and arrays stays as it is. */
export function mapTree<T, R>(
  tree: unknown,
  isLeaf: (value: unknown) => value is T,
  map: (leaf: T, path: string) => R,
  path = '',
): unknown {
  if (isLeaf(tree)) return map(tree, path);
  const inner = (value: unknown, key: string): unknown =>
    mapTree(value, isLeaf, map, path === '' ? key : `${path}/${key}`);
  if (Array.isArray(tree)) return tree.map((value, index) => inner(value, String(index)));
  if (!isNest(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, inner(value, key)]));
}

// Promises, maps and instances of classes have no entries that mean anything here: a promise, say of an
// asynchronous function, would pass as a tree without leaves.
function isNest(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? `an instance of ${value.constructor.name}`
    : String(value);
}
