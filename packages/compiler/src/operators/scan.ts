import type { Dimension, ScanAttributes, ValueType } from '@etalon/spec';
import { ProgramError } from '@etalon/spec';
import { shapesEqual } from '../dimension/index.ts';
import { formatType } from '../program/format-type.ts';
import { withBuilder } from '../tracing/current-builder.ts';
import type { Tensor } from '../tracing/tensor.ts';
import { isTensor } from '../tracing/tensor.ts';
import { Trace } from '../tracing/trace.ts';
import { flattenTree, mapTree } from '../tracing/tree.ts';
import { innermostOf, placeOf } from './emit.ts';

/** What a {@link scan} starts from and runs over. */
export interface ScanOptions<C, X> {
  /** Tree of the first carried values. */
  readonly carried: C;
  /** Tree of tensors that are cut along their first axis, one slice for each iteration; default none. */
  readonly stacked?: X;
  /** Number of iterations; needed when nothing is stacked. */
  readonly length?: Dimension;
  /** Runs from the last slice to the first; default false. */
  readonly reverse?: boolean;
  /** How random draws of the body are keyed; default `append`. See {@link ScanAttributes.draws}. */
  readonly draws?: ScanAttributes['draws'];
  /** Whether the gradient computes values again instead of keeping them; default false. See {@link ScanAttributes.checkpoint}. */
  readonly checkpoint?: boolean;
}

/**
 * Trees of the last carried values and of the stacked results.
 *
 * A type alias, so that it passes for a tree where a program returns it whole.
 */
export type ScanResult<C, Y> = {
  readonly carried: C;
  readonly stacked: Y;
};

/**
 * Repeats a function: the only loop of programs. The function is called once, to trace what one iteration does; tensors
 * of the program around it that it uses are the same in every iteration. JAX `lax.scan`.
 *
 * @param step - takes the carried values, a slice of each stacked tensor and the iteration's index (int32 scalar);
 * returns the next carried values, of the same types, and what to stack: `{}` for nothing.
 *
 * @example
 * // running totals of the rows of x: float32[time, 8]
 * const { stacked } = scan(
 *   (total: Tensor, row: Tensor) => {
 *     const next = add(total, row);
 *     return { carried: next, stacked: next };
 *   },
 *   { carried: zeros, stacked: x },
 * );
 *
 * @throws {ProgramError} `SCAN_CARRIED` when the function returns carried values of other names or types;
 * `SCAN_LENGTH` when the number of iterations is not known, or two stacked tensors differ in it.
 */
export function scan<C, X, Y>(
  step: (carried: C, slices: X, iteration: Tensor) => ScanResult<C, Y>,
  options: ScanOptions<C, X>,
): ScanResult<C, Y> {
  const { carried, stacked = {} as X, reverse = false, draws = 'append', checkpoint } = options;
  const firsts = flattenTree(carried, isTensor);
  const wholes = flattenTree(stacked, isTensor);
  const outside = [...firsts, ...wholes].map(([, tensor]) => tensor);
  const builder = innermostOf('scan', outside);
  const where = placeOf(builder, 'scan');
  const length = lengthOf(where, options.length, wholes);
  // A trace of the compiler: builders of other makes do not exist.
  const trace = new Trace(builder as Trace);
  const index = trace.input('iteration', { dtype: 'int32', shape: [] });
  const inputs = firsts.map(([, tensor], at) => trace.input(`carried/${at}`, tensor));
  const slices = wholes.map(([, tensor], at) => trace.input(`stacked/${at}`, sliceOf(tensor)));
  const carriedInside = replaceLeaves(carried, inputs);
  const slicesInside = replaceLeaves(stacked, slices);
  let result: ScanResult<C, Y> | undefined;
  const body = withBuilder(trace, () => {
    result = requireResult(where, step(carriedInside, slicesInside, index));
    const carriedOut = carriedResults(where, firsts, result.carried);
    const stackedOut = flattenTree(result.stacked, isTensor).map(([, tensor]) => tensor);
    return trace.finish('scan', [
      ...carriedOut.map((tensor, i) => [`carried/${i}`, trace.adopt(tensor)] as const),
      ...stackedOut.map((tensor, i) => [`stacked/${i}`, trace.adopt(tensor)] as const),
    ]);
  });
  const attributes: ScanAttributes = {
    body,
    length,
    carried: firsts.length,
    stacked: wholes.length,
    reverse,
    draws,
    ...(checkpoint === true && { checkpoint }),
  };
  const results = builder.emitAll('scan', [...outside, ...trace.adopted], attributes);
  return {
    carried: replaceLeaves(carried, results),
    stacked: replaceLeaves(result?.stacked as Y, results.slice(firsts.length)),
  };
}

function requireResult<R>(where: string, result: R): R {
  if (typeof result === 'object' && result !== null && 'carried' in result) return result;
  throw new ProgramError(
    'SCAN_CARRIED',
    `${where}: the function must return { carried, stacked }, got ${
      result instanceof Promise ? 'a promise' : typeof result
    }.\nFix: return both at once; { stacked: {} } stacks nothing.`,
  );
}

/** The same tree with other tensors, in the order of its leaves. */
function replaceLeaves<T>(tree: T, tensors: readonly Tensor[]): T {
  let at = 0;
  return mapTree(tree, isTensor, (leaf) => tensors[at++] ?? leaf) as T;
}

type Leaf = readonly [string, Tensor];

function lengthOf(
  where: string,
  length: Dimension | undefined,
  stacked: readonly Leaf[],
): Dimension {
  const known = length ?? stacked[0]?.[1].shape[0];
  if (known === undefined) {
    throw new ProgramError(
      'SCAN_LENGTH',
      `${where}: the number of iterations is not known, got ${stacked.length === 0 ? 'no stacked tensor and no length' : `a scalar for "${stacked[0]?.[0]}"`}.\nFix: stack a tensor whose first axis are the iterations, or give length.`,
    );
  }
  for (const [path, tensor] of stacked) {
    const [first] = tensor.shape;
    if (first !== undefined && shapesEqual([first], [known])) continue;
    throw new ProgramError(
      'SCAN_LENGTH',
      `${where}: the first axis of every stacked tensor must be the number of iterations, got ${formatType(tensor)} for "${path}".\nExpected ${formatType({ dtype: tensor.dtype, shape: [known, ...tensor.shape.slice(1)] })}.`,
    );
  }
  return known;
}

function sliceOf({ dtype, shape }: Tensor): ValueType {
  return { dtype, shape: shape.slice(1) };
}

// In the order of the first values: a tree may be returned with its keys in another order.
function carriedResults(where: string, firsts: readonly Leaf[], carried: unknown): Tensor[] {
  const returned = new Map(flattenTree(carried, isTensor));
  const fault = (what: string): ProgramError =>
    new ProgramError(
      'SCAN_CARRIED',
      `${where}: the function must return the carried values that it was given, of the same types, ${what}.`,
    );
  const tensors = firsts.map(([path, first]) => {
    const tensor = returned.get(path);
    if (tensor === undefined) throw fault(`got none for "${path}"`);
    if (tensor.dtype !== first.dtype || !shapesEqual(tensor.shape, first.shape)) {
      throw fault(`got ${formatType(tensor)} for "${path}", which began as ${formatType(first)}`);
    }
    return tensor;
  });
  if (returned.size > firsts.length) {
    const known = new Set(firsts.map(([path]) => path));
    throw fault(`got also "${[...returned.keys()].find((path) => !known.has(path))}"`);
  }
  return tensors;
}
