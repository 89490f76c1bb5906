import type { Dimension } from '@etalon/spec';
import { describe, expect, it } from 'vitest';
import { addDimensions, dimensionFault, floorDivideDimension } from './index.ts';

const one = (factors: readonly string[], coefficient = 1) => ({ coefficient, factors });

describe(dimensionFault, () => {
  it.each<[Dimension]>([
    [0],
    [784],
    ['batch'],
    ['größe_2.a-b'],
    [addDimensions('a', 'b')],
    [floorDivideDimension(addDimensions('width', 1), 2)],
  ])('finds nothing wrong with %o', (dimension) => {
    expect(dimensionFault(dimension)).toBeUndefined();
  });

  it.each<[Dimension, string]>([
    [-1, 'a size must be an integer of at least 0, got -1'],
    [2.5, 'a size must be an integer of at least 0, got 2.5'],
    [Number.NaN, 'a size must be an integer of at least 0, got NaN'],
    ['', 'a size\'s name must be a word, got ""'],
    ['2', 'a size\'s name must be a word, got "2"'],
    ['a·b', 'a size\'s name must be a word, got "a·b"'],
    ['batch size', 'a size\'s name must be a word, got "batch size"'],
    [{ terms: [] }, 'an expression must be in canonical form, got  for 0'],
    [{ terms: [one(['a'])] }, 'an expression must be in canonical form, got a for a'],
    [{ terms: [one([], 3)] }, 'an expression must be in canonical form, got 3 for 3'],
    [
      { terms: [one(['b']), one(['a'])] },
      'an expression must be in canonical form, got b+a for a+b',
    ],
    [{ terms: [one(['b', 'a'])] }, 'an expression must be in canonical form, got b·a for a·b'],
    [{ terms: [one(['a'], 1.5)] }, 'a coefficient must be an integer, got 1.5'],
    [
      { terms: [{ coefficient: 1, factors: [{ dividend: 'a', divisor: 1 }] }] },
      'a divisor must be an integer of at least 2, got 1 in ⌊(a)/1⌋',
    ],
    [
      { terms: [{ coefficient: 1, factors: [{ dividend: 7, divisor: 2 }] }] },
      'a quotient of 7 is a number',
    ],
    [
      { terms: [{ coefficient: 1, factors: [{ dividend: '', divisor: 2 }] }] },
      'a size\'s name must be a word, got ""',
    ],
  ])('explains what is wrong with %o', (dimension, fault) => {
    expect(dimensionFault(dimension)).toBe(fault);
  });
});
