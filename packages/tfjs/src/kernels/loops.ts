import type { TfjsArray, TfjsDType, TfjsTensor } from '../runtime.ts';
import type { Scope } from '../scope.ts';
import { expandTo } from './broadcast.ts';
import { sizeOf } from './strided.ts';

/** Function of one number. */
export type UnaryFunction = (x: number) => number;

/** Function of two numbers. */
export type BinaryFunction = (a: number, b: number) => number;

/** Computes a function of each element, in this package's own loop. */
export function mapElements(
  scope: Scope,
  x: TfjsTensor,
  dtype: TfjsDType,
  compute: UnaryFunction,
): TfjsTensor {
  const result = scope.allocate(dtype, x.shape);
  const to = scope.view(result);
  const from = scope.view(x);
  for (let i = 0; i < to.length; i += 1) to[i] = compute(from[i] as number);
  return result;
}

/** Computes a function of each pair of elements, in this package's own loop. */
export function mapPairs(
  scope: Scope,
  operands: readonly TfjsTensor[],
  shape: readonly number[],
  dtype: TfjsDType,
  compute: BinaryFunction,
): TfjsTensor {
  const expanded = operands.map((x) => (sizeOf(x.shape) === 1 ? x : expandTo(scope, x, shape)));
  const result = scope.allocate(dtype, shape);
  const to = scope.view(result);
  const [a, b] = expanded.map((x) => scope.view(x)) as [TfjsArray, TfjsArray];
  const aStep = a.length === 1 ? 0 : 1;
  const bStep = b.length === 1 ? 0 : 1;
  for (let i = 0, at = 0, bt = 0; i < to.length; i += 1, at += aStep, bt += bStep) {
    to[i] = compute(a[at] as number, b[bt] as number);
  }
  return result;
}
