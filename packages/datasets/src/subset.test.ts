import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectDatasetError, int32 } from '../test/support.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import { subset, takeExamples } from './subset.ts';

const squares = datasetFromTensors({ x: int32([0, 1, 4, 9, 16]) });

function values(dataset: typeof squares): readonly number[] {
  return Array.from(dataset.gather(Uint32Array.from({ length: dataset.size }, (_, i) => i)).x.data);
}

describe('subset', () => {
  it('selects in the order given, with repetitions', () => {
    const chosen = subset(squares, [4, 0, 4]);
    expect(chosen.size).toBe(3);
    expect(chosen.fields).toEqual(squares.fields);
    expect(values(chosen)).toEqual([16, 0, 16]);
  });

  it('of a subset composes the selections', () => {
    const picks = fc.array(fc.nat({ max: 4 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(picks, picks, (outer, inner) => {
        const chosen = subset(subset(squares, inner), outer);
        expect(values(chosen)).toEqual(outer.map((index) => (inner[index] ?? NaN) ** 2));
      }),
    );
  });

  it('is not affected by later changes to the indices', () => {
    const indices = new Uint32Array([1, 2]);
    const chosen = subset(squares, indices);
    indices.fill(0);
    expect(values(chosen)).toEqual([1, 4]);
  });

  it.each([[[5]], [[-1]], [[0.5]], [[Number.NaN]], [new Uint32Array([5])]])(
    'rejects the indices %j',
    (indices) => {
      expectDatasetError(
        () => subset(squares, indices),
        'EXAMPLE_OUT_OF_RANGE',
        /^subset: indices\[0\] .*\nExpected an integer from 0 to 4/,
      );
    },
  );

  it('checks positions against its own size, not that of the data set underneath', () => {
    expectDatasetError(
      () => subset(squares, [1, 2]).gather(new Uint32Array([2])),
      'EXAMPLE_OUT_OF_RANGE',
      /Expected an integer from 0 to 1/,
    );
  });
});

describe('takeExamples', () => {
  it.each([
    [0, []],
    [3, [0, 1, 4]],
    [5, [0, 1, 4, 9, 16]],
  ])('takes the first %i', (count, expected) => {
    expect(values(takeExamples(squares, count))).toEqual(expected);
  });

  it.each([-1, 6, 1.5, Number.NaN])('rejects the count %d', (count) => {
    expectDatasetError(
      () => takeExamples(squares, count),
      'INVALID_OPTION',
      /^takeExamples: count is out of range, got .*\nExpected an integer from 0 to 5/,
    );
  });
});
