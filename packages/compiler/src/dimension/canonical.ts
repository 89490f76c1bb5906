import type { Dimension, DimensionFactor, DimensionTerm } from '@etalon/spec';

/** A dimension as a list of terms, the form that arithmetic works on. */
export function termsOf(dimension: Dimension): readonly DimensionTerm[] {
  if (typeof dimension === 'number') {
    return dimension === 0 ? [] : [{ coefficient: dimension, factors: [] }];
  }
  if (typeof dimension === 'string') return [{ coefficient: 1, factors: [dimension] }];
  return dimension.terms;
}

/** Text that is equal for equal factors; orders them too. */
export function factorKey(factor: DimensionFactor): string {
  return typeof factor === 'string'
    ? factor
    : `⌊(${formatDimension(factor.dividend)})/${factor.divisor}⌋`;
}

function factorsKey(factors: readonly DimensionFactor[]): string {
  return factors.map(factorKey).join('·');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sums equal products, drops zeros, sorts, and picks the shortest form. */
export function canonical(terms: Iterable<DimensionTerm>): Dimension {
  const byFactors = new Map<string, DimensionTerm>();
  for (const term of terms) {
    const factors = [...term.factors].sort((a, b) => compareText(factorKey(a), factorKey(b)));
    const key = factorsKey(factors);
    const coefficient = (byFactors.get(key)?.coefficient ?? 0) + term.coefficient;
    byFactors.set(key, { coefficient, factors });
  }
  const kept = [...byFactors.entries()]
    .filter(([, term]) => term.coefficient !== 0)
    .sort(([keyA, a], [keyB, b]) => b.factors.length - a.factors.length || compareText(keyA, keyB))
    .map(([, term]) => term);
  const [first] = kept;
  if (first === undefined) return 0;
  if (kept.length === 1) {
    const [factor, second] = first.factors;
    if (factor === undefined) return first.coefficient;
    if (second === undefined && first.coefficient === 1 && typeof factor === 'string') {
      return factor;
    }
  }
  return { terms: kept };
}

/** Formats a dimension as people read it: `batch`, `64·time`, `⌊(width+1)/2⌋−1`. */
export function formatDimension(dimension: Dimension): string {
  if (typeof dimension !== 'object') return String(dimension);
  let text = '';
  for (const { coefficient, factors } of dimension.terms) {
    const magnitude = Math.abs(coefficient);
    const product = factors.map(formatFactor);
    if (magnitude !== 1 || product.length === 0) product.unshift(String(magnitude));
    const sign = coefficient < 0 ? '−' : text === '' ? '' : '+';
    text += sign + product.join('·');
  }
  return text;
}

function formatFactor(factor: DimensionFactor): string {
  if (typeof factor === 'string') return factor;
  const { dividend, divisor } = factor;
  const inner = formatDimension(dividend);
  const simple = typeof dividend === 'string';
  return simple ? `⌊${inner}/${divisor}⌋` : `⌊(${inner})/${divisor}⌋`;
}
