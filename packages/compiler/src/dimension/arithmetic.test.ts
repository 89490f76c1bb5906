import type { Dimension } from '@etalon/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDimensions,
  dimensionFault,
  dimensionsEqual,
  divideDimensionsExactly,
  elementCount,
  evaluateDimension,
  floorDivideDimension,
  formatDimension,
  multiplyDimensions,
  shapesEqual,
  substituteDimension,
  subtractDimensions,
} from './index.ts';

const names = ['batch', 'time', 'width'] as const;

/** How an expression is built: evaluated both as a dimension and as a plain number. */
type Recipe =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: (typeof names)[number] }
  | { readonly kind: 'add' | 'subtract' | 'multiply'; readonly a: Recipe; readonly b: Recipe }
  | { readonly kind: 'floorDivide'; readonly a: Recipe; readonly divisor: number };

const { recipe } = fc.letrec<{ recipe: Recipe }>((tie) => ({
  recipe: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ kind: fc.constant('number' as const), value: fc.integer({ min: -6, max: 6 }) }),
    fc.record({ kind: fc.constant('name' as const), name: fc.constantFrom(...names) }),
    fc.record({
      kind: fc.constantFrom('add' as const, 'subtract' as const, 'multiply' as const),
      a: tie('recipe'),
      b: tie('recipe'),
    }),
    fc.record({
      kind: fc.constant('floorDivide' as const),
      a: tie('recipe'),
      divisor: fc.integer({ min: 1, max: 6 }),
    }),
  ),
}));

const sizes = fc.record({
  batch: fc.integer({ min: 0, max: 9 }),
  time: fc.integer({ min: 0, max: 9 }),
  width: fc.integer({ min: 0, max: 9 }),
});

function build(made: Recipe): Dimension {
  switch (made.kind) {
    case 'number':
      return made.value;
    case 'name':
      return made.name;
    case 'add':
      return addDimensions(build(made.a), build(made.b));
    case 'subtract':
      return subtractDimensions(build(made.a), build(made.b));
    case 'multiply':
      return multiplyDimensions(build(made.a), build(made.b));
    case 'floorDivide':
      return floorDivideDimension(build(made.a), made.divisor);
  }
}

function compute(made: Recipe, bindings: Readonly<Record<string, number>>): number {
  switch (made.kind) {
    case 'number':
      return made.value;
    case 'name':
      return bindings[made.name] ?? Number.NaN;
    case 'add':
      return compute(made.a, bindings) + compute(made.b, bindings);
    case 'subtract':
      return compute(made.a, bindings) - compute(made.b, bindings);
    case 'multiply':
      return compute(made.a, bindings) * compute(made.b, bindings);
    case 'floorDivide':
      return Math.floor(compute(made.a, bindings) / made.divisor);
  }
}

const dimension = recipe.map(build);
const runs = { numRuns: 300, seed: 11 };

describe('dimension arithmetic', () => {
  it('evaluates to what the numbers give', () => {
    fc.assert(
      fc.property(recipe, sizes, (made, bindings) => {
        // + 0 because products of a negative number and 0 are -0
        expect(evaluateDimension(build(made), bindings)).toBe(compute(made, bindings) + 0);
      }),
      { numRuns: 1000, seed: 12 },
    );
  });

  it('gives canonical forms only, never -0', () => {
    fc.assert(
      fc.property(dimension, (made) => {
        if (typeof made === 'number') expect(Object.is(made, -0)).toBe(false);
        else expect(dimensionFault(made)).toBeUndefined();
      }),
      runs,
    );
  });

  it('makes equal structures of sums and products in any order', () => {
    fc.assert(
      fc.property(dimension, dimension, dimension, (a, b, c) => {
        expect(addDimensions(a, b)).toStrictEqual(addDimensions(b, a));
        expect(multiplyDimensions(a, b)).toStrictEqual(multiplyDimensions(b, a));
        expect(addDimensions(addDimensions(a, b), c)).toStrictEqual(
          addDimensions(a, addDimensions(b, c)),
        );
        expect(multiplyDimensions(multiplyDimensions(a, b), c)).toStrictEqual(
          multiplyDimensions(a, multiplyDimensions(b, c)),
        );
        expect(multiplyDimensions(a, addDimensions(b, c))).toStrictEqual(
          addDimensions(multiplyDimensions(a, b), multiplyDimensions(a, c)),
        );
      }),
      runs,
    );
  });

  it('cancels a difference with itself', () => {
    fc.assert(
      fc.property(dimension, dimension, (a, b) => {
        expect(subtractDimensions(a, a)).toBe(0);
        expect(subtractDimensions(addDimensions(a, b), b)).toStrictEqual(a);
      }),
      runs,
    );
  });

  it('takes whole multiples out of a floor', () => {
    fc.assert(
      fc.property(dimension, dimension, fc.integer({ min: 1, max: 8 }), (a, b, divisor) => {
        const multiple = multiplyDimensions(b, divisor);
        expect(floorDivideDimension(multiple, divisor)).toStrictEqual(b);
        expect(floorDivideDimension(addDimensions(a, multiple), divisor)).toStrictEqual(
          addDimensions(floorDivideDimension(a, divisor), b),
        );
      }),
      runs,
    );
  });

  it('cancels a common factor of a quotient', () => {
    fc.assert(
      fc.property(
        dimension,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (a, divisor, factor) => {
          expect(
            floorDivideDimension(multiplyDimensions(a, factor), divisor * factor),
          ).toStrictEqual(floorDivideDimension(a, divisor));
        },
      ),
      runs,
    );
  });

  it('writes the quotient of a quotient as one', () => {
    const half = floorDivideDimension('width', 2);
    expect(floorDivideDimension(half, 3)).toStrictEqual(floorDivideDimension('width', 6));
    expect(floorDivideDimension(addDimensions(half, -1), 2)).toStrictEqual(
      floorDivideDimension(addDimensions('width', -2), 4),
    );
  });

  it('divides a product exactly by one of its factors', () => {
    const factor = fc.oneof(
      fc.constantFrom<Dimension>(...names),
      fc.integer({ min: 1, max: 9 }),
      fc
        .tuple(fc.constantFrom<Dimension>(...names), fc.integer({ min: 2, max: 4 }))
        .map(([name, divisor]) => floorDivideDimension(addDimensions(name, 1), divisor)),
    );
    fc.assert(
      fc.property(dimension, factor, (a, b) => {
        expect(divideDimensionsExactly(multiplyDimensions(a, b), b)).toStrictEqual(a);
      }),
      runs,
    );
  });

  it('returns a quotient only where every binding divides', () => {
    fc.assert(
      fc.property(dimension, dimension, sizes, (a, b, bindings) => {
        const quotient = divideDimensionsExactly(a, b);
        if (quotient === undefined) return;
        const product = evaluateDimension(quotient, bindings) * evaluateDimension(b, bindings);
        expect(product + 0).toBe(evaluateDimension(a, bindings));
      }),
      { numRuns: 1000, seed: 12 },
    );
  });

  it.each<[Dimension, Dimension]>([
    ['batch', 2],
    ['batch', 'time'],
    [addDimensions(multiplyDimensions('batch', 4), 2), 4],
    [multiplyDimensions('batch', 'time'), addDimensions('batch', 'time')],
    [6, 4],
    [6, 0],
    ['batch', 0],
    [0, 0],
  ])('has no exact quotient of %o and %o', (a, b) => {
    expect(divideDimensionsExactly(a, b)).toBeUndefined();
  });

  it('substitutes as evaluation would', () => {
    fc.assert(
      fc.property(dimension, dimension, sizes, (a, replacement, bindings) => {
        const value = evaluateDimension(replacement, bindings);
        expect(evaluateDimension(substituteDimension(a, { width: replacement }), bindings)).toBe(
          evaluateDimension(a, { ...bindings, width: value }),
        );
      }),
      runs,
    );
  });

  it('leaves names without a replacement, also those of object properties', () => {
    const sum = addDimensions('constructor', 'batch');
    expect(substituteDimension(sum, { batch: 2 })).toStrictEqual(addDimensions('constructor', 2));
  });

  it('multiplies a shape to its number of elements', () => {
    expect(elementCount([])).toBe(1);
    expect(elementCount([2, 3, 0])).toBe(0);
    expect(formatDimension(elementCount(['batch', 7, 'time', 3]))).toBe('21·batch·time');
  });

  it('compares by expression', () => {
    fc.assert(
      fc.property(dimension, dimension, sizes, (a, b, bindings) => {
        expect(dimensionsEqual(a, a)).toBe(true);
        if (dimensionsEqual(a, b)) {
          expect(evaluateDimension(a, bindings)).toBe(evaluateDimension(b, bindings));
        }
      }),
      runs,
    );
    expect(dimensionsEqual('batch', 'time')).toBe(false);
    expect(shapesEqual(['batch', 2], ['batch', 2])).toBe(true);
    expect(shapesEqual(['batch', 2], ['batch', 2, 1])).toBe(false);
    expect(shapesEqual(['batch', 2], [2, 'batch'])).toBe(false);
  });
});

describe(formatDimension, () => {
  const less = addDimensions('width', -3);
  it.each<[Dimension, string]>([
    [7, '7'],
    ['batch', 'batch'],
    [multiplyDimensions('time', 64), '64·time'],
    [addDimensions(floorDivideDimension(less, 2), 1), '⌊(width+1)/2⌋−1'],
    [
      {
        terms: [
          { coefficient: 1, factors: [{ dividend: less, divisor: 2 }] },
          { coefficient: 1, factors: [] },
        ],
      },
      '⌊(width−3)/2⌋+1',
    ],
    [floorDivideDimension('width', 2), '⌊width/2⌋'],
    [multiplyDimensions(floorDivideDimension('width', 2), 'batch'), 'batch·⌊width/2⌋'],
    [subtractDimensions(5, 'batch'), '−batch+5'],
    [multiplyDimensions('batch', 'batch'), 'batch·batch'],
    [addDimensions(addDimensions(multiplyDimensions('b', 'a'), 'c'), 2), 'a·b+c+2'],
    [floorDivideDimension(multiplyDimensions('width', 3), 2), 'width+⌊width/2⌋'],
  ])('formats %o as %s', (dimension, text) => {
    expect(formatDimension(dimension)).toBe(text);
  });

  it('formats different expressions differently', () => {
    fc.assert(
      fc.property(dimension, dimension, (a, b) => {
        expect(formatDimension(a) === formatDimension(b)).toBe(
          JSON.stringify(a) === JSON.stringify(b),
        );
      }),
      runs,
    );
  });
});
