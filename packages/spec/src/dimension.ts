/**
 * Size of one axis: a canonical integer expression over named sizes.
 *
 * A constant is a number, a single name is a string (`'batch'`), everything else is a
 * {@link DimensionSum}. Two dimensions count as equal when their canonical forms are, so JSON equality
 * decides; equal forms are equal for every binding, while some equal sums of quotients (`⌊n/2⌋ + ⌊(n+1)/2⌋`
 * and `n`) have different forms. Names are bound to sizes when a program runs.
 */
export type Dimension = number | string | DimensionSum;

/**
 * Sum of terms in canonical order: by degree, highest first, then by the factors' text; the constant
 * term last. Never a single constant or a single name, which have shorter forms.
 */
export interface DimensionSum {
  readonly terms: readonly DimensionTerm[];
}

/** `coefficient · factor · factor · …`; an empty factor list is the constant term. */
export interface DimensionTerm {
  /** Non-zero integer. */
  readonly coefficient: number;
  /** Sorted; a repeated factor is a power. */
  readonly factors: readonly DimensionFactor[];
}

/** A named size, or the floor of a quotient that does not reduce further. */
export type DimensionFactor = string | DimensionQuotient;

/** `⌊dividend / divisor⌋` with an integer divisor of at least 2. */
export interface DimensionQuotient {
  readonly dividend: Dimension;
  readonly divisor: number;
}

/** Sizes of all axes, outermost first. A scalar has the empty shape. */
export type Shape = readonly Dimension[];

/** Size of every name of a program, known once its inputs are. */
export type DimensionBindings = Readonly<Record<string, number>>;
