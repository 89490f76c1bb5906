import type { KernelCall, KernelName } from '../kernels/kernel.ts';
import { FLOAT32_SMALLEST_NORMAL, isFloat32, ulp } from './float32.ts';
import type { Tolerances } from './tolerances.ts';

/** What a bound rule sees of the node it bounds. */
export interface BoundCall<K extends KernelName> extends KernelCall<K> {
  /** What the kernel computed. */
  readonly result: Float64Array;
  /** For each operand, how far an engine's elements may be; infinite where they may be anything. */
  readonly bounds: readonly Float64Array[];
  readonly tolerances: Tolerances;
}

/** How far an engine's result may be from the kernel's. */
export interface NodeBound {
  /**
   * One non-negative number for each element. 0 where the result is exact, also for NaN and infinities;
   * infinite where the result may be anything.
   */
  readonly bound: Float64Array;
  /** Σ|terms| of each element, where the node is a sum. */
  readonly termSums?: Float64Array;
}

/** Bounds the result of one operator. */
export type BoundRule<K extends KernelName> = (call: BoundCall<K>) => NodeBound;

/** Part of the table of bound rules: those of one family of operators. */
export type BoundRulesOf<K extends KernelName> = { readonly [Name in K]: BoundRule<Name> };

/** Returns the bound of an operand. */
export function boundAt(bounds: readonly Float64Array[], index: number): Float64Array {
  return bounds[index] ?? new Float64Array(0);
}

/** Tells whether all elements are exact. */
export function isExact(bound: Float64Array): boolean {
  return bound.every((b) => b === 0);
}

/** Returns `bound · magnitude`, where an exact factor times anything adds nothing: 0 · ∞ is 0. */
export function scaled(bound: number, magnitude: number): number {
  return bound === 0 ? 0 : bound * magnitude;
}

/** Turns NaN, which an unchecked or infinite operand can lead to, into "may be anything". */
export function settled(bound: number): number {
  return !Number.isNaN(bound) ? bound : Number.POSITIVE_INFINITY;
}

/**
 * Adds an operator's own error to what its operands bring in.
 *
 * A result that is NaN or infinite is exact unless an operand may be anything. A result below the normal
 * range may be flushed to zero.
 */
export function withOwnError(
  result: number,
  propagated: number,
  ownError: number,
  { flushedBelow }: Tolerances,
): number {
  if (!Number.isFinite(result)) {
    return propagated < Number.POSITIVE_INFINITY ? 0 : Number.POSITIVE_INFINITY;
  }
  const magnitude = Math.abs(result);
  const flushed = magnitude !== 0 && magnitude - propagated < FLOAT32_SMALLEST_NORMAL;
  return settled(propagated + Math.max(ownError, flushed ? flushedBelow : 0));
}

/** As {@link withOwnError}, for a correctly rounded operation: exact if the operands are and it fits a float32. */
export function withRounding(
  result: number,
  propagated: number,
  ulps: number,
  tolerances: Tolerances,
): number {
  if (propagated === 0 && isFloat32(result) && !isFlushed(result, tolerances)) return 0;
  const ownError = ulps * ulp(Math.abs(result) + propagated);
  return withOwnError(result, propagated, ownError, tolerances);
}

/** As {@link withRounding}, for division and square root, which some engines do not round correctly. */
export function withDivision(
  result: number,
  propagated: number,
  ownError: number,
  tolerances: Tolerances,
): number {
  const exact = tolerances.exactDivision && propagated === 0 && isFloat32(result);
  if (exact && !isFlushed(result, tolerances)) return 0;
  return withOwnError(result, propagated, ownError, tolerances);
}

function isFlushed(x: number, { flushedBelow }: Tolerances): boolean {
  return x !== 0 && Math.abs(x) < flushedBelow;
}

/** Distance from `value` to the farther end of an interval that holds it. */
export function intervalBound(value: number, low: number, high: number): number {
  if (low === high || Number.isNaN(value)) return 0;
  return settled(Math.max(high - value, value - low));
}
