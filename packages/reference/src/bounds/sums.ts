import type { Kernel, KernelName } from '../kernels/kernel.ts';
import { FLOAT32_MAXIMUM, ulp } from './float32.ts';
import type { BoundCall, NodeBound } from './rule.ts';
import { boundAt, isExact, settled } from './rule.ts';
import type { Tolerances } from './tolerances.ts';

/** What makes an operator a sum. */
export interface SumOptions {
  /** Indices of the operands that the result is linear in, each by itself. */
  readonly linear: readonly number[];
  /** Largest number of terms of one element. */
  readonly termCount: number;
  /** Whether terms are elements as they are, products of two, or the sum is divided at the end. */
  readonly terms: 'elements' | 'products' | 'divided';
}

/**
 * Stands in for an infinite element: 0 · ∞ would be NaN, while 0 times this is 0 and any other bound times
 * this exceeds float32.
 */
const HUGE = 1e200;

/**
 * Bounds a sum by a number of ulps of Σ|terms|, which the kernel itself gives on absolute values, and by
 * what its operands bring in: `Σ |a|·δb + δa·(|b| + δb)`, from the kernel too.
 */
export function boundSum<K extends KernelName>(
  kernel: Kernel<K>,
  call: BoundCall<K>,
  options: SumOptions,
): NodeBound {
  const { result, tolerances } = call;
  const magnitudes = magnitudesOf(call, options);
  const propagated = propagate(kernel, call, magnitudes, options);
  if (call.dtype === 'int32') return { bound: wrapAround(result, propagated) };
  const termSums = applyTo(kernel, call, magnitudes, options);
  const { ulps, smallest } = ownErrorOf(options, tolerances);
  const bound = new Float64Array(result.length);
  for (let i = 0; i < bound.length; i++) {
    const change = propagated === undefined ? 0 : settled(propagated[i] as number);
    const terms = (termSums[i] as number) + change;
    bound[i] = boundElement(result[i] as number, change, terms, ulps * ulp(terms) + smallest);
  }
  return { bound, termSums };
}

function boundElement(value: number, change: number, terms: number, ownError: number): number {
  if (!Number.isFinite(value)) return change <= FLOAT32_MAXIMUM ? 0 : Number.POSITIVE_INFINITY;
  // A sum over nothing but zeros is zero in any order.
  if (terms === 0) return 0;
  // A partial sum may overflow where terms cancel; without cancellation the whole sum does.
  const cancels = Math.abs(value) < terms * (1 - 1e-9);
  if (!(terms <= FLOAT32_MAXIMUM) && cancels) return Number.POSITIVE_INFINITY;
  return settled(change + ownError);
}

function ownErrorOf(
  { terms, termCount }: SumOptions,
  tolerances: Tolerances,
): { readonly ulps: number; readonly smallest: number } {
  if (termCount <= 1 && terms === 'elements') return { ulps: 0, smallest: 0 };
  const sum = termCount <= 1 ? tolerances.roundingUlps : tolerances.sumUlps(termCount);
  // Division moves the sum within its binade, which at most doubles what an ulp of it is worth; the
  // quotient is then rounded itself.
  const ulps = terms === 'divided' ? 2 * sum + tolerances.divisionUlps : sum;
  // Terms too small for float32 lose up to an ulp each, or everything where subnormals are flushed.
  const smallest = termCount * Math.max(ulp(0) * tolerances.roundingUlps, tolerances.flushedBelow);
  return { ulps, smallest: terms === 'elements' && tolerances.flushedBelow === 0 ? 0 : smallest };
}

function magnitudesOf<K extends KernelName>(
  { inputs }: BoundCall<K>,
  { linear }: SumOptions,
): readonly Float64Array[] {
  return linear.map((index) =>
    (inputs[index]?.data ?? new Float64Array(0)).map((x) =>
      // A NaN makes the result NaN for certain, so it need not make the bound NaN too.
      Number.isNaN(x) ? 0 : Math.min(Math.abs(x), HUGE),
    ),
  );
}

function applyTo<K extends KernelName>(
  kernel: Kernel<K>,
  call: BoundCall<K>,
  elements: readonly Float64Array[],
  { linear }: SumOptions,
): Float64Array {
  const inputs = call.inputs.map((input, index) => {
    const data = elements[linear.indexOf(index)];
    return data === undefined ? input : { ...input, dtype: 'float32' as const, data };
  });
  return kernel({ ...call, dtype: 'float32', inputs });
}

// One application of the kernel for each operand that is not exact: earlier operands at their magnitude,
// this one at its bound, later ones at magnitude plus bound.
function propagate<K extends KernelName>(
  kernel: Kernel<K>,
  call: BoundCall<K>,
  magnitudes: readonly Float64Array[],
  options: SumOptions,
): Float64Array | undefined {
  const bounds = options.linear.map((index) => boundAt(call.bounds, index));
  let total: Float64Array | undefined;
  bounds.forEach((bound, position) => {
    if (isExact(bound)) return;
    const elements = magnitudes.map((magnitude, at) => {
      if (at === position) return bound;
      const later = at > position ? bounds[at] : undefined;
      return later === undefined ? magnitude : magnitude.map((x, i) => x + (later[i] as number));
    });
    const part = applyTo(kernel, call, elements, options);
    const before = total;
    total = before === undefined ? part : part.map((x, i) => x + (before[i] as number));
  });
  return total;
}

// int32 sums are exact modulo 2³²; an inexact one near the limits may wrap.
function wrapAround(result: Float64Array, propagated: Float64Array | undefined): Float64Array {
  return result.map((value, i) => {
    const change = propagated?.[i] ?? 0;
    const wraps = Math.abs(value) + change > 2 ** 31 - 1;
    return change > 0 && wraps ? Number.POSITIVE_INFINITY : change;
  });
}
