import { isWithinBound } from '@etalon/reference';
import type { DType, HostTensor } from '@etalon/spec';
import { countOf } from '../cases/host-tensor.ts';
import type { ExpectedTensor } from './expectation.ts';

/**
 * Compares a tensor with what is expected: dtype, shape, kind of array, and every element within its budget. NaN
 * agrees with NaN alone, an infinity with the one of its sign.
 *
 * @param factor - budgets are multiplied by it.
 * @returns what differs, with the worst element; `undefined` where nothing does.
 */
export function compareTensor(
  got: HostTensor,
  expected: ExpectedTensor,
  factor = 1,
): string | undefined {
  const form = compareForm(got, expected);
  if (form !== undefined) return form;
  const { data, budget, shape } = expected;
  let differing = 0;
  let worst: Difference | undefined;
  for (let at = 0; at < data.length; at++) {
    const difference = {
      at,
      got: got.data[at] ?? Number.NaN,
      expected: data[at] ?? Number.NaN,
      budget: (budget[at] ?? 0) * factor,
    };
    if (isWithinBound(difference.got, difference.expected, difference.budget)) continue;
    differing++;
    if (worst === undefined || excess(difference) > excess(worst)) worst = difference;
  }
  if (worst === undefined) return undefined;
  return `${differing} of ${data.length} elements differ.\n${describe(worst, shape)}`;
}

interface Difference {
  readonly at: number;
  readonly got: number;
  readonly expected: number;
  readonly budget: number;
}

function compareForm(got: HostTensor, expected: ExpectedTensor): string | undefined {
  const { dtype, shape } = expected;
  if (got.dtype !== dtype || !sameSizes(got.shape, shape)) {
    return `the type differs, got ${typeText(got)}.\nExpected ${typeText(expected)}.`;
  }
  if (!(got.data instanceof arrays[dtype]) || got.data.length !== countOf(shape)) {
    return `the data is not that of ${typeText(expected)}, got ${got.data.constructor.name} of length ${got.data.length}.`;
  }
  return undefined;
}

const arrays: Readonly<Record<DType, typeof Float32Array | typeof Int32Array | typeof Uint8Array>> =
  {
    float32: Float32Array,
    int32: Int32Array,
    bool: Uint8Array,
    uint8: Uint8Array,
  };

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function typeText({ dtype, shape }: { readonly dtype: DType; readonly shape: readonly number[] }) {
  return `${dtype}[${shape.join(', ')}]`;
}

// How many times the budget a difference is; a NaN or an infinity out of place is worse than any number.
function excess({ got, expected, budget }: Difference): number {
  const distance = Math.abs(got - expected);
  if (!Number.isFinite(distance)) return Number.POSITIVE_INFINITY;
  return Math.min(distance / Math.max(budget, Number.MIN_VALUE), Number.MAX_VALUE);
}

function describe({ at, got, expected, budget }: Difference, shape: readonly number[]): string {
  const place = `Worst at [${placeOf(at, shape).join(', ')}]: got ${numberText(got)}, expected ${numberText(expected)}`;
  const distance = Math.abs(got - expected);
  if (!Number.isFinite(distance)) return `${place}.`;
  return `${place}, |Δ| ${distance.toExponential(2)} > budget ${budget.toExponential(2)}.`;
}

/** Indices of an element on each axis. */
function placeOf(at: number, shape: readonly number[]): readonly number[] {
  const place: number[] = [];
  let rest = at;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

function numberText(x: number): string {
  return Object.is(x, -0) ? '-0' : String(x);
}
