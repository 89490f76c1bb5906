import type { Dimension, DimensionFactor } from '@etalon/spec';
import { canonical, factorKey, formatDimension } from './canonical.ts';

/**
 * What a named size may be called: as identifiers go, with `.` and `-` inside. The signs that dimensions are
 * formatted with are left out, so that different expressions never read the same.
 */
const namePattern = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/**
 * Returns what is wrong with a dimension, or `undefined`: sizes are integers of 0 or more, names are words,
 * expressions are in canonical form.
 */
export function dimensionFault(dimension: Dimension): string | undefined {
  if (typeof dimension === 'number') {
    const fits = Number.isSafeInteger(dimension) && dimension >= 0;
    return fits ? undefined : `a size must be an integer of at least 0, got ${dimension}`;
  }
  if (typeof dimension === 'string') {
    return namePattern.test(dimension)
      ? undefined
      : `a size's name must be a word, got ${JSON.stringify(dimension)}`;
  }
  // Only typed callers keep to the three kinds.
  if (!Array.isArray(Object(dimension).terms)) {
    return `a size must be a number, a name or an expression, got ${JSON.stringify(dimension)}`;
  }
  return expressionFault(dimension);
}

function expressionFault(dimension: Dimension): string | undefined {
  if (typeof dimension !== 'object' || !Array.isArray(Object(dimension).terms)) {
    return typeof dimension === 'number' && Number.isSafeInteger(dimension)
      ? undefined
      : dimensionFault(dimension);
  }
  for (const { coefficient, factors } of dimension.terms) {
    if (!Number.isSafeInteger(coefficient)) {
      return `a coefficient must be an integer, got ${coefficient}`;
    }
    for (const factor of factors) {
      const fault = factorFault(factor);
      if (fault !== undefined) return fault;
    }
  }
  const sorted = canonical(dimension.terms);
  const isCanonical =
    typeof sorted === 'object' &&
    formatDimension(sorted) === formatDimension(dimension) &&
    sorted.terms.length === dimension.terms.length;
  return isCanonical
    ? undefined
    : `an expression must be in canonical form, got ${formatDimension(dimension)} for ${formatDimension(sorted)}`;
}

function factorFault(factor: DimensionFactor): string | undefined {
  if (typeof factor === 'string') return dimensionFault(factor);
  const { dividend, divisor } = factor;
  if (!Number.isSafeInteger(divisor) || divisor < 2) {
    return `a divisor must be an integer of at least 2, got ${divisor} in ${factorKey(factor)}`;
  }
  if (typeof dividend === 'number') return `a quotient of ${dividend} is a number`;
  return expressionFault(dividend);
}
