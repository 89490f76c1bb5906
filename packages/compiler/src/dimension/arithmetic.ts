import type { Dimension, DimensionFactor, DimensionTerm } from '@etalon/spec';
import { canonical, factorKey, formatDimension, termsOf } from './canonical.ts';

/** Tells whether two dimensions are the same expression, hence equal for every binding. */
export function dimensionsEqual(a: Dimension, b: Dimension): boolean {
  return (
    a === b ||
    (typeof a === 'object' && typeof b === 'object' && formatDimension(a) === formatDimension(b))
  );
}

/** Tells whether two shapes have the same rank and equal dimensions. */
export function shapesEqual(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  return a.length === b.length && a.every((size, axis) => dimensionsEqual(size, b[axis] ?? -1));
}

/** Returns `a + b`. */
export function addDimensions(a: Dimension, b: Dimension): Dimension {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  return canonical([...termsOf(a), ...termsOf(b)]);
}

/** Returns `a − b`. */
export function subtractDimensions(a: Dimension, b: Dimension): Dimension {
  return addDimensions(a, multiplyDimensions(b, -1));
}

/** Returns `a · b`. */
export function multiplyDimensions(a: Dimension, b: Dimension): Dimension {
  // The sum turns -0 into 0: a dimension has one zero.
  if (typeof a === 'number' && typeof b === 'number') return a * b + 0;
  const products: DimensionTerm[] = [];
  for (const left of termsOf(a)) {
    for (const right of termsOf(b)) {
      products.push({
        coefficient: left.coefficient * right.coefficient,
        factors: [...left.factors, ...right.factors],
      });
    }
  }
  return canonical(products);
}

/** Returns the product of a shape's dimensions: the number of elements. */
export function elementCount(shape: readonly Dimension[]): Dimension {
  return shape.reduce<Dimension>(multiplyDimensions, 1);
}

/**
 * Returns `⌊a / divisor⌋` for a positive integer divisor. Multiples of the divisor leave the floor, since
 * `⌊(d·q + r) / d⌋ = q + ⌊r / d⌋` for integer `q`; what is left is reduced further, so that equal quotients have one form.
 */
export function floorDivideDimension(a: Dimension, divisor: number): Dimension {
  if (divisor === 1) return a;
  if (typeof a === 'number') return Math.floor(a / divisor) + 0;
  const whole: DimensionTerm[] = [];
  const rest: DimensionTerm[] = [];
  for (const { coefficient, factors } of termsOf(a)) {
    const quotient = Math.floor(coefficient / divisor);
    const remainder = coefficient - quotient * divisor;
    if (quotient !== 0) whole.push({ coefficient: quotient, factors });
    if (remainder !== 0) rest.push({ coefficient: remainder, factors });
  }
  const [only] = rest;
  // A lone constant is below the divisor: its quotient is 0.
  if (only === undefined || only.factors.length === 0) return canonical(whole);
  return addDimensions(canonical(whole), quotientOf(rest, divisor));
}

/**
 * `⌊Σ terms / divisor⌋` with coefficients in `[1, divisor)`: a common factor cancels, since
 * `⌊(g·x + c) / (g·d)⌋ = ⌊(x + ⌊c / g⌋) / d⌋`, and a quotient of a quotient is one, since
 * `⌊(⌊a / m⌋ + b) / d⌋ = ⌊(a + b·m) / (m·d)⌋`.
 */
function quotientOf(terms: readonly DimensionTerm[], divisor: number): Dimension {
  const named = terms.filter(({ factors }) => factors.length > 0);
  const common = named.reduce((g, { coefficient }) => greatestDivisor(g, coefficient), divisor);
  if (common > 1) {
    const reduced = terms.map(({ coefficient, factors }) => ({
      coefficient: Math.floor(coefficient / common),
      factors,
    }));
    return floorDivideDimension(canonical(reduced), divisor / common);
  }
  const at = terms.findIndex(
    ({ coefficient, factors }) =>
      coefficient === 1 && factors.length === 1 && typeof factors[0] === 'object',
  );
  const inner = terms[at]?.factors[0];
  if (typeof inner === 'object') {
    const others = canonical(terms.filter((_, index) => index !== at));
    const dividend = addDimensions(inner.dividend, multiplyDimensions(others, inner.divisor));
    return floorDivideDimension(dividend, inner.divisor * divisor);
  }
  return { terms: [{ coefficient: 1, factors: [{ dividend: canonical(terms), divisor }] }] };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/**
 * Returns `a / b` where the division is exact for every binding, else `undefined`. `b` must be a single
 * term, which covers the products that shapes consist of.
 */
export function divideDimensionsExactly(a: Dimension, b: Dimension): Dimension | undefined {
  if (b === 0) return undefined;
  if (dimensionsEqual(a, b)) return 1;
  const [divisor, ...others] = termsOf(b);
  if (divisor === undefined || others.length > 0) return undefined;
  const quotients: DimensionTerm[] = [];
  for (const term of termsOf(a)) {
    if (term.coefficient % divisor.coefficient !== 0) return undefined;
    const factors = removeFactors(term.factors, divisor.factors);
    if (factors === undefined) return undefined;
    quotients.push({ coefficient: term.coefficient / divisor.coefficient, factors });
  }
  return canonical(quotients);
}

function removeFactors(
  from: readonly DimensionFactor[],
  removed: readonly DimensionFactor[],
): readonly DimensionFactor[] | undefined {
  const left = [...from];
  for (const factor of removed) {
    const at = left.findIndex((candidate) => factorKey(candidate) === factorKey(factor));
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  return left;
}
